package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.component.ComponentRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The life of {@code run}, with a gateway that has no server. */
class RunCommandIT {
  private final CompletableFuture<String> signal = new CompletableFuture<>();
  private final CompletableFuture<FakeGateway> started = new CompletableFuture<>();
  private final Output output = new Output();
  private final int port = freePort();

  @Test
  void readinessFollowsTheStreamAndASignalDrains() throws Exception {
    CompletableFuture<ExitCode> exit = run("--drain-timeout", "7s");
    FakeGateway gateway = started.get(20, TimeUnit.SECONDS);

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"gw.localhost\":\"connecting\"");
    gateway.connect();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    signal.complete("SIGTERM");

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    assertThat(gateway.drained).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void notReadyWhileDraining() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    FakeGateway gateway = started.get(20, TimeUnit.SECONDS);
    gateway.connect();
    CompletableFuture<Void> drained = new CompletableFuture<>();
    gateway.stopping = Mono.fromFuture(drained);

    signal.complete("SIGINT");

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"stopping\":true");
    drained.complete(null);
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
  }

  @Test
  void servesTheMetersOfGatewayAndProcess() throws Exception {
    CompletableFuture<ExitCode> exit = run("--concurrency", "77");
    FakeGateway gateway = started.get(20, TimeUnit.SECONDS);
    gateway.connect();

    String metrics = get("/metrics").body();

    assertThat(metrics)
        .contains("stanzahook_stream_connected{component=\"gw.localhost\"} 1.0")
        .contains("stanzahook_webhook_in_flight{component=\"gw.localhost\"} 3.0")
        .contains("stanzahook_webhook_concurrency_limit{component=\"gw.localhost\"} 77.0")
        .contains("stanzahook_queue_depth{component=\"gw.localhost\"} 4.0")
        .contains("stanzahook_queue_oldest_seconds{component=\"gw.localhost\"} 2.0")
        .contains("jvm_memory_used_bytes", "process_uptime_seconds", "netty_eventexecutor");
    signal.complete("SIGTERM");
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
  }

  @Test
  void aRefusedComponentEndsWithItsOwnCode() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started
        .get(20, TimeUnit.SECONDS)
        .end(new ComponentRefusedException("not-authorized", "gw.localhost: wrong secret"));

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void anyOtherEndIsAFailure() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started.get(20, TimeUnit.SECONDS).end(new IllegalStateException("broken"));

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aDrainThatFailsIsAFailure() throws Exception {
    CompletableFuture<ExitCode> exit = run();
    started.get(20, TimeUnit.SECONDS).stopping = Mono.error(new IllegalStateException("stuck"));
    signal.complete("SIGTERM");

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aPortInUseIsAFailureBeforeAnyConnection() throws Exception {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(run().get(20, TimeUnit.SECONDS)).isEqualTo(ExitCode.FAILED);
      assertThat(taken.isBound()).isTrue();
    }
    assertThat(started).isNotDone();
  }

  private CompletableFuture<ExitCode> run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--component=gw.localhost",
                "--secret=s3cr3t",
                "--post-url=http://localhost/",
                "--http-listen=127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    RunCommand command =
        new RunCommand(
            (settings, loops, deliveries, streams) -> {
              FakeGateway gateway = new FakeGateway(settings, deliveries, streams);
              started.complete(gateway);
              return gateway;
            },
            err -> signal);
    CommandLineFlags flags =
        CommandLineFlags.parse(
            CommandLineFlags.spec("run", "Runs.", RunOptions.ALL), RunOptions.ALL, arguments);
    Invocation invocation = new Invocation(flags, Map.of(), output.console, "1");
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return command.execute(invocation);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private HttpResponse<String> get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
