package io.stanzahook.app;

import io.stanzahook.Ports;
import io.stanzahook.app.config.RunFlags;
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
import org.jspecify.annotations.Nullable;

/** {@code run} within the test's process, with a gateway that has no server. */
abstract class RunFixture {
  CompletableFuture<String> signal = new CompletableFuture<>();
  final CompletableFuture<FakeGateway> started = new CompletableFuture<>();
  final int port = Ports.free();

  /** Why the gateway cannot start, if so. */
  volatile @Nullable RuntimeException starting;

  /** The environment of the program. */
  volatile Map<String, String> environment = Map.of();

  final CompletableFuture<ExitCode> run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--component=gw.localhost",
                "--secret=s3cr3t",
                "--post-url=" + postUrl(),
                "--http-listen=127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    RunCommand command = new RunCommand(starter(), err -> signal);
    return execute(command, arguments, environment);
  }

  /** Executes it in another thread. */
  static CompletableFuture<ExitCode> execute(
      RunCommand command, List<String> flags, Map<String, String> environment) {
    Invocation invocation =
        new Invocation(RunFlags.parse(flags), environment, new Output().console, "1");
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return command.execute(invocation);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Starts what the command runs: here a gateway without a server. */
  GatewayStarter starter() {
    return (settings, loops, deliveries, streams) -> {
      RuntimeException problem = starting;
      if (problem != null) {
        throw problem;
      }
      FakeGateway gateway = new FakeGateway(settings, deliveries, streams);
      started.complete(gateway);
      return gateway;
    };
  }

  String postUrl() {
    return "http://localhost/";
  }

  /** Waits until the gateway runs and is connected: the server sees the connection before that. */
  final void awaitReady() throws Exception {
    awaitReady(port);
  }

  /** Waits until all components that are served on that port are connected. */
  static void awaitReady(int port) throws Exception {
    long begun = System.nanoTime();
    HttpResponse<String> answer = send(request(port, "/readyz"));
    while (answer.statusCode() != 200) {
      if (System.nanoTime() - begun > Duration.ofMinutes(1).toNanos()) {
        throw new AssertionError("not ready: " + answer.body());
      }
      answer = send(request(port, "/readyz"));
    }
  }

  final HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  final HttpRequest.Builder request(String path) {
    return request(port, path);
  }

  static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofMinutes(2));
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
