package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code run} within the test's process and with a file, whose components have no server: what is
 * started is for the test to see, in its order.
 */
abstract class ComponentsFixture {
  static final Duration LIMIT = Duration.ofMinutes(2);

  /** What all files here begin with. */
  static final String TOP = "secret: s3cr3t\npost_url: http://localhost/\n";

  /** Gateways that were started and that no test has looked at. */
  final BlockingQueue<FakeGateway> started = new LinkedTransferQueue<>();

  /** Why a component cannot start, by domain. */
  final Map<String, RuntimeException> starting = new ConcurrentHashMap<>();

  final CompletableFuture<String> signal = new CompletableFuture<>();
  private final int port = Ports.free();
  private @Nullable CompletableFuture<ExitCode> exit;
  private volatile @Nullable Runnable hangup;

  /** Whether the file of credentials has a line for one JID of b.example. */
  boolean scoped;

  @TempDir Path folder;

  final Path file() {
    return folder.resolve("conf.yaml");
  }

  final void write(String yaml) throws IOException {
    Files.writeString(file(), TOP + yaml);
  }

  /**
   * A list of components.
   *
   * @param entries each as what stands between braces, the domain without its key at first
   */
  static String list(String... entries) {
    StringBuilder yaml = new StringBuilder("components:\n");
    for (String entry : entries) {
      yaml.append("  - {component: ").append(entry).append("}\n");
    }
    return yaml.toString();
  }

  /** Runs with that file, until the end of the test. */
  final CompletableFuture<ExitCode> run(String yaml, String... flags) throws IOException {
    write(yaml);
    Path tokens = folder.resolve("tokens");
    if (Files.notExists(tokens)) {
      Files.writeString(tokens, scoped ? "t0ken\nscoped bot@b.example\n" : "t0ken\n");
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--config=" + file(),
                "--api-token-file=" + tokens,
                "--http-listen=127.0.0.1:" + port));
    arguments.addAll(List.of(flags));
    RunCommand command = new RunCommand(starter(), err -> signal, action -> hangup = action);
    CompletableFuture<ExitCode> running = RunFixture.execute(command, arguments, Map.of());
    exit = running;
    return running;
  }

  GatewayStarter starter() {
    return (settings, loops, deliveries, streams) -> {
      RuntimeException problem = starting.get(settings.component().domain());
      if (problem != null) {
        throw problem;
      }
      FakeGateway gateway = new FakeGateway(settings, deliveries, streams);
      started.add(gateway);
      return gateway;
    };
  }

  /** The gateway that was started next, connected. */
  final FakeGateway next(String domain) throws InterruptedException {
    FakeGateway gateway = started.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(gateway).as("a start of " + domain).isNotNull();
    assertThat(gateway.settings().component().domain()).isEqualTo(domain);
    gateway.connect();
    return gateway;
  }

  /** What SIGHUP does, once the program has asked for it. */
  final void hangup() {
    while (hangup == null) {
      Thread.onSpinWait();
    }
    Objects.requireNonNull(hangup).run();
  }

  @AfterEach
  final void end() throws Exception {
    signal.complete("SIGTERM");
    if (exit != null) {
      exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Waits until all components are connected: each is started before it counts. */
  final void awaitReady() throws Exception {
    RunFixture.awaitReady(port);
  }

  final HttpResponse<String> get(String path) throws Exception {
    return call("GET", path, "");
  }

  /** With the credentials of all. */
  final HttpResponse<String> call(String method, String path, String body) throws Exception {
    return call("t0ken", method, path, body);
  }

  final HttpResponse<String> call(String token, String method, String path, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(request(token, method, path, body).build(), BodyHandlers.ofString());
  }

  final CompletableFuture<HttpResponse<String>> calling(String method, String path) {
    return HttpClient.newHttpClient()
        .sendAsync(request("t0ken", method, path, "").build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String token, String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(LIMIT)
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
  }
}
