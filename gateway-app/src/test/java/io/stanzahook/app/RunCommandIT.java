package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.spool.SpoolException;
import io.stanzahook.stream.ComponentRefusedException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The life of {@code run}, with a gateway that has no server. */
class RunCommandIT extends RunFixture {
  @Test
  void readinessFollowsTheStreamAndASignalDrains() throws Exception {
    CompletableFuture<ExitCode> exit = run("--drain-timeout", "7s");
    FakeGateway gateway = started.get(120, TimeUnit.SECONDS);

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"gw.localhost\":\"connecting\"");
    gateway.connect();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    signal.complete("SIGTERM");

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    assertThat(gateway.drained).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void notReadyWhileDraining() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    FakeGateway gateway = started.get(120, TimeUnit.SECONDS);
    gateway.connect();
    CompletableFuture<Void> drained = new CompletableFuture<>();
    gateway.stopping = Mono.fromFuture(drained);

    signal.complete("SIGINT");

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"stopping\":true");
    drained.complete(null);
    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
  }

  @Test
  void servesTheMetersOfGatewayAndProcess() throws Exception {
    CompletableFuture<ExitCode> exit = run("--concurrency", "77");
    FakeGateway gateway = started.get(120, TimeUnit.SECONDS);
    gateway.connect();

    String metrics = get("/metrics").body();

    assertThat(metrics)
        .contains("stanzahook_stream_connected{component=\"gw.localhost\"} 1.0")
        .contains("stanzahook_webhook_in_flight{component=\"gw.localhost\"} 3.0")
        .contains("stanzahook_webhook_concurrency_limit{component=\"gw.localhost\"} 77.0")
        .contains("stanzahook_queue_depth{component=\"gw.localhost\"} 4.0")
        .contains("stanzahook_queue_oldest_seconds{component=\"gw.localhost\"} 2.0")
        .containsPattern(
            "stanzahook_build_info\\{commit=\"\\w+\",java_version=\"[^\"]+\",version=\"1\"} 1")
        .contains("stanzahook_config_last_reload_successful 1.0")
        .contains("jvm_memory_used_bytes", "process_uptime_seconds", "netty_eventexecutor");
    signal.complete("SIGTERM");
    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
  }

  @Test
  void aRefusedComponentEndsWithItsOwnCode() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started
        .get(120, TimeUnit.SECONDS)
        .end(new ComponentRefusedException("not-authorized", "gw.localhost: wrong secret"));

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.REFUSED);
    // So that its spool is closed in order.
    assertThat(started.get().drained).isZero();
  }

  @Test
  void aSpoolThatCannotBeOpenedIsAFailureOfTheSurroundings() throws Exception {
    starting = new SpoolException("the spool s is in use by another process");

    assertThat(run("--spool=s").get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);

    assertThat(started).isNotDone();
  }

  @Test
  void anyOtherEndIsAFailure() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started.get(120, TimeUnit.SECONDS).end(new IllegalStateException("broken"));

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aDrainThatFailsIsAFailure() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started.get(120, TimeUnit.SECONDS).stopping = Mono.error(new IllegalStateException("stuck"));
    signal.complete("SIGTERM");

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aPortInUseIsAFailureBeforeAnyConnection() throws Exception {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(run().get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
      assertThat(taken.isBound()).isTrue();
    }
    assertThat(started).isNotDone();
  }
}
