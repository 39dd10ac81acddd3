package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.spool.SpoolException;
import io.stanzahook.stream.ComponentRefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Several components in one program, without servers: their life, and what the API says of them.
 */
class ComponentsIT extends ComponentsFixture {
  private static final String TWO = list("a.example", "b.example, queue: 7");

  private static ComponentRefusedException refusal(String domain) {
    return new ComponentRefusedException("not-authorized", domain + ": wrong secret");
  }

  @Test
  void aSignalDrainsThemAllAtOnce() throws Exception {
    CompletableFuture<ExitCode> exit = run(TWO, "--drain-timeout=7s");
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    CompletableFuture<Void> drained = new CompletableFuture<>();
    a.stopping = Mono.fromFuture(drained);
    b.stopping = Mono.fromRunnable(() -> drained.complete(null));

    signal.complete("SIGTERM");

    // Were they drained one after another, a would wait for ever.
    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    assertThat(a.drained).isEqualTo(Duration.ofSeconds(7));
    assertThat(b.drained).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void oneThatIsRefusedEndsAloneAndTheLastEndsTheProcess() throws Exception {
    CompletableFuture<ExitCode> exit = run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    awaitReady();

    a.end(refusal("a.example"));

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body())
        .contains("\"components\":{\"a.example\":\"ended\",\"b.example\":\"connected\"}");
    assertThat(a.drained).isZero();
    assertThat(b.drained).isNull();
    assertThat(get("/admin/settings?component=a.example").statusCode()).isEqualTo(503);
    assertThat(call("HEAD", "/admin/events?component=a.example", "").statusCode()).isEqualTo(200);
    assertThat(get("/admin/settings?component=b.example").statusCode()).isEqualTo(200);
    assertThat(exit).isNotDone();

    b.end(new IllegalStateException("broken"));

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void whereOneCannotStartNoneGoesOn() throws Exception {
    starting.put("b.example", new SpoolException("the spool is in use"));

    try (LogLines log = new LogLines("stanzahook")) {
      assertThat(run(TWO).get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);

      assertThat(next("a.example").drained).isZero();
      assertThat(log.all())
          .filteredOn(line -> line.startsWith("ERROR"))
          .containsExactly("ERROR cannot start: the spool is in use");
    }
  }

  @Test
  void metersSayWhose() throws Exception {
    run(TWO);
    next("a.example");
    next("b.example");

    assertThat(get("/metrics").body())
        .contains("stanzahook_stream_connected{component=\"a.example\"} 1.0")
        .contains("stanzahook_stream_connected{component=\"b.example\"} 1.0")
        .contains("stanzahook_queue_depth{component=\"b.example\"} 4.0");
  }

  @Test
  void settingsAreOfAllOrOfOne() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");

    String all = get("/admin/settings").body();
    assertThat(all)
        .contains("{\"components\":{\"a.example\":{\"concurrency\":\"auto\",\"queue\":10000,");
    assertThat(all).contains("\"b.example\":{\"concurrency\":\"auto\",\"queue\":7,");
    assertThat(get("/admin/settings?component=B.Example.").body())
        .startsWith("{\"concurrency\":\"auto\",\"queue\":7,");
    assertThat(get("/admin/settings?component=c.example").statusCode()).isEqualTo(404);

    var open = call("PATCH", "/admin/settings", "{\"queue\":3}");
    assertThat(open.statusCode()).isEqualTo(400);
    assertThat(open.body()).contains("?component=", "a.example, b.example");
    assertThat(call("PATCH", "/admin/settings?component=b.example", "{\"queue\":3}").body())
        .contains("\"queue\":3");
    assertThat(a.settings().dispatch().flow().queue()).isEqualTo(10_000);
    assertThat(b.settings().dispatch().flow().queue()).isEqualTo(3);
  }

  @Test
  void deadLettersAndTheConsoleTakeTheParameter() throws Exception {
    run(TWO);
    next("a.example");
    next("b.example");

    assertThat(get("/admin/dead-letters").statusCode()).isEqualTo(400);
    assertThat(get("/admin/dead-letters").body()).contains("a.example, b.example");
    assertThat(get("/admin/dead-letters?component=a.example").statusCode()).isEqualTo(409);
    assertThat(get("/admin/deliveries").statusCode()).isEqualTo(200);
    assertThat(get("/admin/deliveries?component=a.example").statusCode()).isEqualTo(200);
    assertThat(get("/admin/deliveries?komponent=a.example").statusCode()).isEqualTo(400);
    assertThat(get("/admin/events?component=c.example").statusCode()).isEqualTo(404);
  }

  @Test
  void theSenderDecidesWhoSends() throws Exception {
    scoped = true;
    run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    String to = "{\"to\":\"ann@localhost\",\"body\":\"hi\"";

    assertThat(call("POST", "/rest", to + ",\"from\":\"bot@B.example\"}").statusCode())
        .isEqualTo(202);
    assertThat(b.sent)
        .singleElement()
        .satisfies(s -> assertThat(s.from()).hasToString("bot@b.example"));
    assertThat(call("POST", "/msg/ann@localhost?component=a.example", to + "}").statusCode())
        .isEqualTo(201);
    assertThat(a.sent)
        .singleElement()
        .satisfies(s -> assertThat(s.from()).hasToString("a.example"));
    // Who may send from b only need not say so.
    assertThat(call("scoped", "POST", "/rest", to + "}").statusCode()).isEqualTo(202);
    assertThat(b.sent).hasSize(2);

    var open = call("POST", "/rest", to + "}");
    assertThat(open.statusCode()).isEqualTo(422);
    assertThat(open.body()).contains("a.example, b.example");
    assertThat(call("POST", "/rest", to + ",\"from\":\"x@c.example\"}").statusCode())
        .isEqualTo(403);
    assertThat(
            call("POST", "/rest?component=a.example", to + ",\"from\":\"x@b.example\"}")
                .statusCode())
        .isEqualTo(403);
    assertThat(call("scoped", "POST", "/rest?component=a.example", to + "}").statusCode())
        .isEqualTo(403);
    assertThat(call("POST", "/rest?component=c.example", to + "}").statusCode()).isEqualTo(404);
    assertThat(a.sent).hasSize(1);
    assertThat(b.sent).hasSize(2);

    a.end(refusal("a.example"));
    var away = call("POST", "/rest?component=a.example", to + "}");
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).contains("a.example");
  }
}
