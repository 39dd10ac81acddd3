package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.order.Concurrency;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.stream.ComponentRefusedException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading the configuration again, with components that have no server. */
class ReloadIT extends ComponentsFixture {
  private static final String TWO = list("a.example", "b.example");

  private JsonNode reload(int status) throws Exception {
    HttpResponse<String> response = call("POST", "/admin/reload", "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return new JsonMapper().readTree(response.body());
  }

  private static String changes(JsonNode answer) {
    return answer.path("components").toString().replace("\"", "");
  }

  @Test
  void whatIsAsItWasIsLetAlone() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");

    JsonNode answer = reload(200);

    assertThat(answer.toString())
        .isEqualTo(
            "{\"components\":{\"a.example\":\"unchanged\",\"b.example\":\"unchanged\"},"
                + "\"problems\":{},\"needs_restart\":[]}");
    assertThat(started).isEmpty();
    assertThat(a.drained).isNull();
    assertThat(b.drained).isNull();
    // Another order, and what is said twice over, changes nothing either.
    write("queue: 10000\n" + list("b.example, secret: s3cr3t", "a.example"));
    assertThat(changes(reload(200))).isEqualTo("{a.example:unchanged,b.example:unchanged}");
  }

  @Test
  void eachGoesItsOwnWay() throws Exception {
    run(list("gone.example", "same.example", "tuned.example", "other.example"));
    FakeGateway gone = next("gone.example");
    FakeGateway same = next("same.example");
    FakeGateway tuned = next("tuned.example");
    FakeGateway other = next("other.example");
    assertThat(get("/metrics").body()).contains("component=\"gone.example\"");

    write(
        list(
            "same.example",
            "tuned.example, concurrency: 3, timeout: 4s, overload: reject",
            "other.example, post_url: 'http://other/', concurrency: 5",
            "new.example"));
    JsonNode answer = reload(200);

    assertThat(changes(answer))
        .isEqualTo(
            "{gone.example:stopped,new.example:started,other.example:restarted,"
                + "same.example:unchanged,tuned.example:tuned}");
    assertThat(gone.drained).isEqualTo(Duration.ofSeconds(15));
    assertThat(same.drained).isNull();
    assertThat(tuned.drained).isNull();
    assertThat(tuned.settings().dispatch().flow().concurrency()).isEqualTo(Concurrency.of(3));
    assertThat(tuned.settings().webhook().timeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(other.drained).isEqualTo(Duration.ofSeconds(15));
    assertThat(started)
        .extracting(gateway -> gateway.settings().component().domain())
        .containsExactlyInAnyOrder("other.example", "new.example");
    assertThat(get("/metrics").body())
        .doesNotContain("gone.example")
        .contains("stanzahook_webhook_concurrency_limit{component=\"other.example\"} 5.0")
        .contains("stanzahook_stream_connects_total{component=\"other.example\"} 1.0")
        .contains("stanzahook_queue_depth{component=\"new.example\"} 4.0");
    assertThat(get("/admin/settings?component=gone.example").statusCode()).isEqualTo(404);
    assertThat(changes(reload(200)))
        .isEqualTo(
            "{new.example:unchanged,other.example:unchanged,same.example:unchanged,"
                + "tuned.example:unchanged}");
  }

  @Test
  void whatItIsCalledAndWhereItIsChangesOnTheSameStream() throws Exception {
    Path commands = Files.writeString(folder.resolve("commands"), "- {node: deploy}\n");
    String before = list("a.example, room: ops@rooms.example");
    run(before);
    FakeGateway a = next("a.example");
    write(
        list(
            "a.example, name: Robot, room: den@rooms.example/robot, filters: kind=message action=post,"
                + " commands: "
                + commands));

    assertThat(changes(reload(200))).isEqualTo("{a.example:tuned}");
    assertThat(a.drained).isNull();
    assertThat(a.settings().local().name()).isEqualTo("Robot");
    assertThat(a.settings().rooms().rooms()).singleElement().hasToString("den@rooms.example/robot");
    assertThat(a.settings().local().filters().rules()).hasSize(1);
    assertThat(a.settings().local().commands()).isNotNull();
    assertThat(changes(reload(200))).isEqualTo("{a.example:unchanged}");
    Files.writeString(commands, "- {node: undo}\n");
    assertThat(changes(reload(200))).isEqualTo("{a.example:tuned}");
    write(before);
    assertThat(changes(reload(200))).isEqualTo("{a.example:tuned}");
    assertThat(a.settings().local().commands()).isNull();
    assertThat(a.settings().local().name()).isEqualTo("Stanzahook");
    write(list("a.example, accept_invitations: 'on'"));
    assertThat(changes(reload(200))).isEqualTo("{a.example:restarted}");
  }

  @Test
  void oneStartsOnlyAfterWhatHoldsItsDomainOrSpool() throws Exception {
    Path spool = folder.resolve("spool");
    run(list("a.example, spool: " + spool, "b.example"));
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    CompletableFuture<Void> drained = new CompletableFuture<>();
    a.stopping = Mono.fromFuture(drained);
    b.stopping = Mono.fromFuture(drained);

    // a's folder goes to c; b is started anew; d has nothing to do with either.
    write(
        list(
            "c.example, spool: " + folder.resolve("x/../spool"),
            "b.example, order: none",
            "d.example"));
    CompletableFuture<HttpResponse<String>> answer = calling("POST", "/admin/reload");

    next("d.example");
    assertThat(started).isEmpty();
    assertThat(get("/readyz").body()).contains("\"b.example\":\"connecting\"");
    drained.complete(null);
    assertThat(answer.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(started).hasSize(2);
  }

  @Test
  void aBadFileChangesNothingAndAllOfItIsSaid() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    next("b.example");

    write(list("a.example, queue: 0", "c.example, x: 1"));
    JsonNode answer = reload(422);

    assertThat(answer.path("error").stringValue()).startsWith("nothing was changed: ");
    assertThat(answer.path("problems"))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line.stringValue()).contains("components: a.example: queue: '0'"),
            line -> assertThat(line.stringValue()).contains("c.example: unknown key 'x'"));
    assertThat(get("/metrics").body()).contains("stanzahook_config_last_reload_successful 0.0");
    Files.delete(file());
    assertThat(reload(422).path("problems").get(0).stringValue()).contains("there is no file");
    assertThat(a.drained).isNull();
    assertThat(started).isEmpty();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    write(TWO);
    reload(200);
    assertThat(get("/metrics").body()).contains("stanzahook_config_last_reload_successful 1.0");
  }

  @Test
  void secretsAreReadAgain() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "one");
    Path signing = Files.writeString(folder.resolve("signing"), whsec('A'));
    run(list("a.example, secret_file: " + secret, "b.example, signing_secret_file: " + signing));
    next("a.example");
    next("b.example");
    assertThat(changes(reload(200))).isEqualTo("{a.example:unchanged,b.example:unchanged}");

    Files.writeString(secret, "two");
    assertThat(changes(reload(200))).isEqualTo("{a.example:restarted,b.example:unchanged}");
    assertThat(next("a.example").settings().component().secret()).isEqualTo("two");

    Files.writeString(signing, whsec('B') + "\n" + whsec('A'));
    assertThat(changes(reload(200))).isEqualTo("{a.example:unchanged,b.example:restarted}");
    assertThat(next("b.example").settings().webhook().signingKeys()).isNotNull();
  }

  private static String whsec(char letter) {
    return "whsec_" + String.valueOf(letter).repeat(32);
  }

  @Test
  void whatIsOfTheProcessNeedsARestartButForTheCredentials() throws Exception {
    scoped = true;
    run(TWO + "api_rate: 5\n");
    FakeGateway a = next("a.example");
    next("b.example");

    write(TWO + "api_rate: 6\nlog_format: json\ntrace_sample: 0.5\ndelivery_log: 3\nqueue: 11\n");
    Files.writeString(folder.resolve("tokens"), "t0ken\nsecond\n");
    JsonNode answer = reload(200);

    assertThat(answer.path("needs_restart").toString())
        .isEqualTo("[\"api_rate\",\"delivery_log\",\"log_format\",\"trace_sample\"]");
    assertThat(call("second", "GET", "/readyz", "").body())
        .contains("\"needs_restart\":" + answer.path("needs_restart"));
    assertThat(changes(answer)).isEqualTo("{a.example:tuned,b.example:tuned}");
    assertThat(a.settings().dispatch().flow().queue()).isEqualTo(11);
    assertThat(call("second", "GET", "/admin/settings", "").statusCode()).isEqualTo(200);
    assertThat(call("scoped", "GET", "/admin/settings", "").statusCode()).isEqualTo(401);
  }

  @Test
  void whatWasPatchedStaysUntilTheComponentsOwnSettingsChange() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    for (String domain : new String[] {"a.example", "b.example"}) {
      call("PATCH", "/admin/settings?component=" + domain, "{\"queue\":3}");
    }

    write(list("a.example", "b.example, timeout: 2s"));

    assertThat(changes(reload(200))).isEqualTo("{a.example:unchanged,b.example:tuned}");
    assertThat(a.settings().dispatch().flow().queue()).isEqualTo(3);
    assertThat(b.settings().dispatch().flow().queue()).isEqualTo(10_000);
    assertThat(b.settings().webhook().timeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void oneThatWasRefusedIsTriedAgain() throws Exception {
    CompletableFuture<ExitCode> exit = run(TWO);
    FakeGateway a = next("a.example");
    next("b.example");
    a.end(new ComponentRefusedException("not-authorized", "a.example: wrong secret"));
    assertThat(get("/readyz").body()).contains("\"a.example\":\"ended\"");

    assertThat(changes(reload(200))).isEqualTo("{a.example:started,b.example:unchanged}");

    next("a.example");
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(exit).isNotDone();
  }

  @Test
  void oneThatCannotStartGoesOnAsItWas() throws Exception {
    run(TWO);
    next("a.example");
    FakeGateway b = next("b.example");
    starting.put("c.example", new SpoolException("the spool x is in use"));
    b.stopping =
        Mono.fromRunnable(
            () -> starting.put("b.example", new IllegalArgumentException("not like that")));

    write(list("a.example", "b.example, order: none", "c.example"));
    JsonNode answer = reload(500);

    assertThat(changes(answer))
        .isEqualTo("{a.example:unchanged,b.example:failed,c.example:failed}");
    assertThat(answer.path("problems").path("c.example").stringValue()).contains("in use");
    assertThat(answer.path("error").stringValue()).isNotEmpty();
    starting.clear();
    assertThat(changes(reload(200)))
        .isEqualTo("{a.example:unchanged,b.example:started,c.example:started}");
  }

  @Test
  void aHangupDoesTheSame() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    next("b.example");
    write(list("b.example", "c.example"));

    hangup();

    next("c.example");
    // One after another: by this one's answer that one is done.
    assertThat(changes(reload(200))).isEqualTo("{b.example:unchanged,c.example:unchanged}");
    assertThat(a.drained).isEqualTo(Duration.ofSeconds(15));
    write("components: nonsense\n");
    hangup();
    assertThat(reload(422).path("problems")).hasSize(1);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void whatAHangupCannotDoIsLogged() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    next("b.example");
    try (LogLines log = new LogLines("stanzahook")) {
      starting.put("c.example", new UnsupportedOperationException("broken"));
      write(list("a.example", "b.example", "c.example"));
      hangup();
      log.await("ERROR reload: failed");

      CompletableFuture<Void> drained = new CompletableFuture<>();
      a.stopping = Mono.fromFuture(drained);
      write(list("b.example"));
      hangup();
      while (a.drained == null) {
        Thread.onSpinWait();
      }
      for (int i = 0; i <= Reload.MAX_WAITING; i++) {
        hangup();
      }
      log.await("ERROR reload: nothing changed: too many reloads are already waiting");
      drained.complete(null);
    }
  }

  @Test
  void oneAfterAnotherAndNotTooMany() throws Exception {
    run(TWO);
    FakeGateway a = next("a.example");
    next("b.example");
    CompletableFuture<Void> drained = new CompletableFuture<>();
    a.stopping = Mono.fromFuture(drained);
    write(list("b.example"));
    CompletableFuture<HttpResponse<String>> first = calling("POST", "/admin/reload");
    while (a.drained == null) {
      Thread.onSpinWait();
    }
    write(TWO);
    List<CompletableFuture<HttpResponse<String>>> further =
        Stream.generate(() -> calling("POST", "/admin/reload"))
            .limit(Reload.MAX_WAITING + 1)
            .toList();

    CompletableFuture.anyOf(further.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);

    List<CompletableFuture<HttpResponse<String>>> waiting =
        further.stream().filter(each -> !each.isDone()).toList();
    assertThat(waiting).hasSize(Reload.MAX_WAITING);
    assertThat(further)
        .filteredOn(CompletableFuture::isDone)
        .singleElement()
        .satisfies(refused -> assertThat(refused.get().statusCode()).isEqualTo(503));
    assertThat(first).isNotDone();
    drained.complete(null);
    assertThat(first.get(120, TimeUnit.SECONDS).body()).contains("\"a.example\":\"stopped\"");
    List<String> bodies = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      bodies.add(each.get(120, TimeUnit.SECONDS).body());
    }
    assertThat(bodies).filteredOn(body -> body.contains("\"a.example\":\"started\"")).hasSize(1);
    assertThat(bodies).allMatch(body -> body.contains("\"b.example\":\"unchanged\""));
  }

  @Test
  void aSignalToEndWaitsForWhatAReloadStops() throws Exception {
    CompletableFuture<ExitCode> exit = run(TWO);
    FakeGateway a = next("a.example");
    FakeGateway b = next("b.example");
    CompletableFuture<Void> drained = new CompletableFuture<>();
    a.stopping = Mono.fromFuture(drained);
    write(list("a.example, order: none", "b.example"));
    CompletableFuture<HttpResponse<String>> answer = calling("POST", "/admin/reload");
    while (a.drained == null) {
      Thread.onSpinWait();
    }

    signal.complete("SIGTERM");
    while (b.drained == null) {
      Thread.onSpinWait();
    }
    assertThat(exit).isNotDone();
    drained.complete(null);

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    assertThat(started).isEmpty();
    answer.cancel(true);
  }

  @Test
  void onlyThoseWithCredentialsMay() throws Exception {
    run(TWO);
    next("a.example");
    next("b.example");
    assertThat(call("wrong", "POST", "/admin/reload", "").statusCode()).isEqualTo(401);
    assertThat(get("/admin/reload").statusCode()).isEqualTo(405);
  }
}
