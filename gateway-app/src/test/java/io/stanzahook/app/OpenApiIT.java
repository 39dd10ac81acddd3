package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The document that the program serves says what the program answers. */
class OpenApiIT extends SendApiFixture {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Test
  void namesEveryReferenceAndAsksForCredentialsWhereTheyAreNeeded() throws Exception {
    start();
    JsonNode document = document();
    assertThat(document.path("openapi").stringValue()).isEqualTo("3.1.0");
    for (String name : document.findValuesAsString("$ref")) {
      assertThat(document.at(name.substring(1)).isMissingNode()).as(name).isFalse();
    }
    document
        .path("paths")
        .propertyStream()
        .forEach(
            path ->
                path.getValue()
                    .propertyStream()
                    .forEach(
                        operation ->
                            assertThat(operation.getValue().has("security"))
                                .as(path.getKey())
                                .isEqualTo(
                                    path.getKey().matches("/(admin|msg|hooks|rest)(/.*)?"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "get   | /metrics                    | /metrics         |                 |   | 200",
        "get   | /healthz                    | /healthz         |                 |   | 200",
        "get   | /readyz                     | /readyz          |                 |   | 200",
        "get   | /openapi.json               | /openapi.json    |                 |   | 200",
        "get   | /admin/settings             | /admin/settings  |                 |   | 200",
        "patch | /admin/settings             | /admin/settings  | application/json | {\"queue\":5} | 200",
        "patch | /admin/settings             | /admin/settings  | application/json | {} | 400",
        "post  | /msg/{jid}                  | /msg/a@b         | text/plain      | x | 201",
        "post  | /msg/{jid}                  | /msg/a@b         | application/json | { | 400",
        "post  | /msg/{jid}                  | /msg/a@b         | text/html       | x | 415",
        "post  | /msg/{jid}                  | /msg/@           | text/plain      | x | 422",
        "post  | /hooks/{format}/{jid}       | /hooks/slack/a@b | application/json | {\"text\":\"x\"} | 200",
        "post  | /hooks/{format}/{jid}       | /hooks/slack/a@b | application/json | {} | 400",
        "post  | /hooks/{format}/{jid}       | /hooks/grafana/a@b | application/json | {} | 201",
        "post  | /hooks/{format}/{jid}       | /hooks/grafana/a@b | application/json | [] | 400",
        "post  | /hooks/{format}/{jid}       | /hooks/nagios/a@b | application/json | {} | 404",
        "post  | /hooks/{format}/{jid}       | /hooks/grafana/a@b | text/html      | {} | 415",
        "post  | /hooks/{format}/{jid}       | /hooks/grafana/@ | application/json | {} | 422",
        "post  | /rest                       | /rest            | application/json | {\"to\":\"a@b\",\"body\":\"x\"} | 202",
        "post  | /rest                       | /rest            | application/json | { | 400",
        "post  | /rest                       | /rest            | text/html       | x | 415",
        "post  | /rest                       | /rest            | text/plain      | x | 422",
        "post  | /rest/{kind}/{type}/{jid}   | /rest/message/chat/a@b | text/plain | x | 202",
        "post  | /rest/{kind}/{type}/{jid}   | /rest/mesage/chat/a@b  | text/plain | x | 404",
        "get   | /rest/{query}/{jid}         | /rest/ping/a@b   |                 |   | 504",
        "get   | /rest/{query}/{jid}         | /rest/pong/a@b   |                 |   | 404",
      })
  void saysWhatIsAnswered(
      String method, String path, String target, String type, String body, int status)
      throws Exception {
    start();
    var request =
        request(target)
            .header("Authorization", BEARER)
            .header("Prosody-Rest-Timeout", "0.05")
            .method(
                method.toUpperCase(java.util.Locale.ROOT),
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (type != null) {
      request.header("Content-Type", type);
    }
    HttpResponse<String> response = send(request);
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode documented =
        document().path("paths").path(path).path(method).path("responses").path("" + status);
    assertThat(documented.isObject()).as("%s %s %d", method, path, status).isTrue();
    if (!response.body().isEmpty()) {
      String contentType = response.headers().firstValue("content-type").orElse("");
      JsonNode content = documented.path("content").path(contentType.replaceAll(";.*", ""));
      assertThat(content.isObject()).as(contentType).isTrue();
      checkRequired(content.path("schema").path("$ref").asString(""), response.body());
    }
  }

  private void checkRequired(String reference, String body) throws Exception {
    if (!reference.isEmpty()) {
      JsonNode schema = document().at(reference.substring(1));
      Set<String> names = new TreeSet<>(MAPPER.readTree(body).propertyNames());
      assertThat(schema.path("properties").propertyNames()).containsAll(names);
      schema.path("required").forEach(name -> assertThat(names).contains(name.stringValue()));
    }
  }

  private JsonNode document() throws Exception {
    HttpResponse<String> response = send(request("/openapi.json"));
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    return MAPPER.readTree(response.body());
  }
}
