package io.stanzahook.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

class EchoWebhookIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final LoopResources LOOPS = LoopResources.create("echo-it", 1, true);
  private static final EchoWebhook ECHO = EchoWebhook.start(LOOPS).block(PATIENCE);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterAll
  static void end() {
    ECHO.stop().block(PATIENCE);
    LOOPS.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private HttpResponse<String> post(HttpRequest.BodyPublisher body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(ECHO.url())).POST(body).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String json) throws Exception {
    return post(HttpRequest.BodyPublishers.ofString(json));
  }

  @Test
  void answersABodyWithAQuestion() throws Exception {
    HttpResponse<String> response =
        post("{\"kind\":\"message\",\"x\":{\"body\":\"no\"},\"body\":\"a \\\"b\\\" \\u00fc\"}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(response.body()).isEqualTo("{\"body\":\"Did you say a \\\"b\\\" ü?\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"kind\":\"presence\"}", "{}", "[]", "", "{\"body\":1}"})
  void hasNoReplyWithoutABody(String json) throws Exception {
    HttpResponse<String> response = post(json);
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void refusesWhatIsNoJson() throws Exception {
    assertThat(post("{\"body\"").statusCode()).isEqualTo(400);
  }

  @Test
  void refusesWhatHasNoKnownLength() throws Exception {
    HttpRequest.BodyPublisher chunked =
        HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString("{}"));
    assertThat(post(chunked).statusCode()).isEqualTo(413);
  }
}
