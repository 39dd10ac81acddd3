package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** {@code check --post}: what a webhook's author sees of one sample. */
class SampleCheckIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("sample-it", 1, true);
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private volatile int status = 200;
  private volatile String type = "text/plain";
  private volatile String body = "OK";
  private final DisposableServer webhook =
      HttpServer.create()
          .runOn(loops)
          .host("127.0.0.1")
          .port(0)
          .handle(
              (request, response) ->
                  request
                      .receive()
                      .aggregate()
                      .asString()
                      .flatMap(
                          got -> {
                            requests.add(request.requestHeaders().get("webhook-test") + " " + got);
                            return response
                                .status(status)
                                .header("Content-Type", type)
                                .header("X-Two", "b")
                                .sendString(Mono.just(body))
                                .then();
                          }))
          .bindNow();

  @AfterEach
  void stop() {
    webhook.disposeNow();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(LONG);
  }

  private String check(String url) {
    return check(url, false);
  }

  private String check(String url, boolean batched) {
    WebhookSettings settings =
        TestSettings.webhook(
            UrlTemplate.parse(url),
            List.of(Map.entry("X-One", "1")),
            LONG,
            65_536,
            10,
            10,
            "stanzahook/test");
    return String.join("\n", SampleCheck.run(settings, batched, "gw.localhost", loops).lines());
  }

  private String url() {
    return "http://127.0.0.1:" + webhook.port() + "/hook?token=s3cret";
  }

  @Test
  void withBatchesItIsSentInAnArray() throws Exception {
    type = "application/json";
    body = "[{\"body\":\"hi\"},{\"body\":\"more\"}]";
    String shown = check(url(), true);
    assertThat(requests.take()).startsWith("true [{\"").endsWith("\"attempt\":1}]");
    assertThat(shown)
        .contains(
            "ok: a message was POSTed",
            "in an array of one (--batch)",
            "<body>hi</body>",
            "a part of the response would be dropped: the array has more elements");
    body = "{\"body\":\"hi\"}";
    assertThat(check(url(), true))
        .contains("a reply would be dropped", "does not know batches", "--batch");
  }

  @Test
  void whatCameBackAndWhatTheSenderGets() {
    String shown = check(url());
    assertThat(shown)
        .startsWith("sample         ok: a message was POSTed to http://127.0.0.1:")
        .contains("status 200 (at 127.0.0.1, without TLS)")
        .containsIgnoringCase("content-type: text/plain")
        .contains("X-Two: b")
        .contains("body: OK")
        .contains("the sender would get: <message", "<body>OK</body>")
        .doesNotContain("s3cret");
    assertThat(requests.poll())
        .startsWith("true {")
        .contains("\"body\":\"This is a test by 'stanzahook check --post'.\"")
        .contains("\"from\":\"check@gw.localhost\"");
  }

  @Test
  void aTypeThatIsNoReplyIsExplained() {
    type = "text/html";
    body = "<p>hello</p>";
    assertThat(check(url()))
        .startsWith("sample         ok: ")
        .contains("body: <p>hello</p>")
        .contains("the sender would be told nothing");
  }

  @Test
  void aRefusalIsShownWithItsText() {
    status = 404;
    body = "no such\npage";
    assertThat(check(url()))
        .startsWith("sample         look: ")
        .contains("status 404", "body: no such page", "answered with status 404")
        .contains("the sender would be told", "(item-not-found)");
  }

  @Test
  void nobodyListens() {
    webhook.disposeNow();
    assertThat(check(url()))
        .startsWith("sample         FAILED: ")
        .contains("cannot connect to http://127.0.0.1:")
        .contains("(remote-server-timeout)");
  }
}
