package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.stanzahook.ComponentGateway;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/**
 * The document that the program serves says what the program answers: each status that it lists is
 * produced here, and each answer is what its schema says.
 */
class OpenApiIT extends SendApiFixture {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String JSON = "application/json";
  private static final String AT = "https://stanzahook.example/openapi.json";
  private @Nullable JsonNode document;

  @Test
  void isADocumentOfOpenApi31() throws Exception {
    start();
    OpenApiStructure.check(document());
    document()
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
                                    path.getKey()
                                        .matches("/(admin|msg|hooks|rest|upload)(/.*)?"))));
  }

  /**
   * But for what the console shows: those take a spool or a sandbox, or go on for ever; and for
   * edges, which take a cluster.
   */
  @Test
  void everyStatusThatIsListedIsProducedHere() throws Exception {
    start();
    List<OpenApiCase> all =
        new ArrayList<>(
            OpenApiCase.all(
                UnaryOperator.identity(),
                List.of(
                    OpenApiCase.SENDING,
                    OpenApiCase.ADMIN,
                    OpenApiCase.OPEN,
                    OpenApiCase.WRONG,
                    OpenApiCase.ASKING,
                    OpenApiCase.UNKNOWN,
                    OpenApiCase.FORBIDDEN,
                    OpenApiCase.TOO_OFTEN,
                    OpenApiCase.AWAY,
                    OpenApiCase.NOT_YET)));
    Set<String> documented = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document().path("paths").properties()) {
      if (path.getKey()
          .matches("/admin/(deliveries|events|dead-letters|endpoints|chat|edges).*|/upload/.*")) {
        continue;
      }
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        for (String status : operation.getValue().path("responses").propertyNames()) {
          if (isElsewhere(path.getKey(), status)) {
            continue;
          }
          documented.add(operation.getKey() + " " + path.getKey() + " " + status);
        }
      }
    }
    assertThat(new TreeSet<>(all.stream().map(OpenApiCase::name).toList())).isEqualTo(documented);
  }

  /** What takes a file that is wrong (ReloadIT), a chat room (RoomsIT), or a template (HooksIT). */
  private static boolean isElsewhere(String path, String status) {
    return switch (path) {
      case OpenApiCase.RELOAD -> status.matches("422|500|503");
      case OpenApiCase.MSG -> status.matches("404|409|504");
      case OpenApiCase.HOOKS -> status.matches("204|409|504");
      default -> false;
    };
  }

  @Test
  void whatIsInOrderAndWhatIsNotIsAnsweredAsItSays() throws Exception {
    start();
    for (List<OpenApiCase> cases :
        List.of(
            OpenApiCase.OPEN,
            OpenApiCase.ADMIN,
            OpenApiCase.SHOWN,
            OpenApiCase.SENDING,
            OpenApiCase.WRONG,
            OpenApiCase.UNKNOWN)) {
      cases.forEach(this::check);
    }
  }

  @Test
  void withoutCredentialsNobodyMay() throws Exception {
    withCredentials = false;
    start();
    OpenApiCase.FORBIDDEN.forEach(this::check);
  }

  /** Iqs that are answered, as JSON and as XML. */
  @Test
  void anIqsAnswerIsAnsweredAsItSays() throws Exception {
    ComponentServer peer = start();
    for (OpenApiCase each : OpenApiCase.ASKING) {
      for (String accept : List.of(JSON, "application/xmpp+xml")) {
        CompletableFuture<HttpResponse<String>> answer =
            sending(
                request(each).setHeader("Prosody-Rest-Timeout", "20").setHeader("Accept", accept));
        peer.send(OutboundStanza.result((Iq) received(), null)).block(Duration.ofMinutes(2));
        HttpResponse<String> response = answer.get(120, TimeUnit.SECONDS);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith(accept);
        check(each, response);
      }
    }
  }

  @Test
  void whoSendsTooOftenIsTold() throws Exception {
    start("--api-rate=1");
    for (OpenApiCase each : OpenApiCase.TOO_OFTEN) {
      HttpResponse<String> response = send(request(each));
      for (int i = 0; i < 1000 && response.statusCode() != 429; i++) {
        response = send(request(each));
      }
      check(each, response);
    }
  }

  @Test
  void withoutAStreamItSaysSo() throws Exception {
    start().stop().block(Duration.ofMinutes(2));
    while (send(request("/readyz")).statusCode() == 200) {
      Thread.onSpinWait();
    }
    OpenApiCase.AWAY.forEach(this::check);
  }

  /** It listens before the gateway runs, which may take long to open its spool. */
  @Test
  void beforeTheGatewayRunsItSaysSo() throws Exception {
    CompletableFuture<Void> mayStart = new CompletableFuture<>();
    starter =
        (settings, loops, deliveries, streams) -> {
          mayStart.orTimeout(120, TimeUnit.SECONDS).join();
          return ComponentGateway.start(settings, loops, deliveries, streams);
        };
    launch();
    awaitListening();
    OpenApiCase.NOT_YET.forEach(this::check);
    mayStart.complete(null);
    connected.get(120, TimeUnit.SECONDS);
  }

  /** However many ask at once: they share what one scrape finds. */
  @Test
  void scrapesByStrangersKeepNobodyFromScraping() throws Exception {
    start();
    for (int round = 0; round < 3; round++) {
      List<CompletableFuture<HttpResponse<String>>> scrapes = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        scrapes.add(sending(request("/metrics")));
      }
      for (CompletableFuture<HttpResponse<String>> scrape : scrapes) {
        assertThat(scrape.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      }
    }
  }

  private void check(OpenApiCase each) {
    try {
      if (each.target().contains("%zz")) {
        check(each, asWritten(each));
      } else {
        check(each, send(request(each)));
      }
    } catch (Exception e) {
      throw new AssertionError(each.toString(), e);
    }
  }

  private HttpRequest.Builder request(OpenApiCase each) {
    var request =
        request(each.target())
            .header("Prosody-Rest-Timeout", "0.05")
            .method(
                each.method().toUpperCase(Locale.ROOT),
                each.body().isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(each.body()));
    if (each.credentials() != null) {
      request.header("Authorization", each.credentials());
    }
    if (each.type() != null) {
      request.header("Content-Type", each.type());
    }
    return request;
  }

  /** What counts of a response. */
  private record Answer(int status, HttpHeaders headers, String body) {
    String contentType() {
      return headers.firstValue("content-type").orElse("").replaceAll(";.*", "");
    }
  }

  /** For a target that the JDK's client does not take. */
  private Answer asWritten(OpenApiCase each) throws Exception {
    URI host = request("/").build().uri();
    try (Socket socket = new Socket(host.getHost(), host.getPort())) {
      String request =
          "%s %s HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nAuthorization: %s\r\n\r\n"
              .formatted(each.method().toUpperCase(Locale.ROOT), each.target(), each.credentials());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = response.indexOf("\r\n\r\n");
      List<String> lines = response.substring(0, end).lines().toList();
      Map<String, List<String>> headers = new TreeMap<>();
      for (String line : lines.subList(1, lines.size())) {
        int colon = line.indexOf(':');
        headers.put(line.substring(0, colon), List.of(line.substring(colon + 1).trim()));
      }
      return new Answer(
          Integer.parseInt(lines.get(0).substring(9, 12)),
          HttpHeaders.of(headers, (name, value) -> true),
          response.substring(end + 4));
    }
  }

  private void check(OpenApiCase each, HttpResponse<String> response) throws Exception {
    check(each, new Answer(response.statusCode(), response.headers(), response.body()));
  }

  private void check(OpenApiCase each, Answer response) throws Exception {
    String where = each.name();
    assertThat(response.status()).as("%s: %s", where, response.body()).isEqualTo(each.status());
    List<String> at = List.of("paths", each.path(), each.method(), "responses", "" + each.status());
    JsonNode documented = at(at);
    assertThat(documented.isObject()).as(where).isTrue();
    documented
        .path("headers")
        .propertyStream()
        .forEach(
            header ->
                assertThat(
                        schema(at, "headers", header.getKey(), "schema")
                            .validate(
                                MAPPER.readTree(
                                    response.headers().firstValue(header.getKey()).orElseThrow())))
                    .as(where)
                    .isEmpty());
    if (response.body().isEmpty()) {
      return;
    }
    String type = response.contentType();
    assertThat(documented.path("content").has(type)).as("%s %s", where, type).isTrue();
    if (!documented.path("content").path(type).has("schema")) {
      return;
    }
    Schema schema = schema(at, "content", type, "schema");
    assertThat(
            type.equals(JSON)
                ? schema.validate(response.body(), InputFormat.JSON)
                : schema.validate(StringNode.valueOf(response.body())))
        .as("%s: %s", where, response.body())
        .isEmpty();
  }

  private Schema schema(List<String> response, String... more) {
    StringBuilder pointer = new StringBuilder("#");
    List<String> names = new ArrayList<>(response);
    names.addAll(List.of(more));
    for (String name : names) {
      pointer.append('/').append(escaped(name));
    }
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemas(Map.of(AT, String.valueOf(document))))
        .getSchema(SchemaLocation.of(AT + pointer));
  }

  /** As in a JSON pointer that is a URI's fragment. */
  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
  }

  private JsonNode at(List<String> names) throws Exception {
    JsonNode node = document();
    for (String name : names) {
      node = node.path(name);
    }
    return node;
  }

  private JsonNode document() throws Exception {
    JsonNode known = document;
    if (known == null) {
      HttpResponse<String> response = send(request("/openapi.json"));
      assertThat(response.headers().firstValue("content-type")).hasValue(JSON);
      known = MAPPER.readTree(response.body());
      document = known;
    }
    return known;
  }
}
