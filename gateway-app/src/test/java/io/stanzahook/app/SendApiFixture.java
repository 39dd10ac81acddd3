package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Ports;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamCondition;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.resources.LoopResources;

/** {@code run} with a strict server of components behind it, and its send API in front. */
abstract class SendApiFixture {
  static final String TOKENS =
      """
      t0ken
      scoped bot@gw.localhost news@gw.localhost/desk
      me@gw.localhost:mypassword
      gw.localhost:dmVyeSBzZWNyZXQgdG9rZW4K
      """;
  static final String BEARER = "Bearer t0ken";

  @TempDir Path folder;

  final BlockingQueue<Stanza> received = new LinkedTransferQueue<>();
  final List<String> refusals = new CopyOnWriteArrayList<>();
  final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final CompletableFuture<String> signal = new CompletableFuture<>();
  private final LoopResources loops = LoopResources.create("send-api", 1, true);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port = Ports.free();
  private @Nullable CompletableFuture<ExitCode> exit;

  /** What it is started by. */
  GatewayStarter starter = ComponentGateway::start;

  /** The lines of that file. */
  String tokens = TOKENS;

  /** Whether there is a file of credentials. */
  boolean withCredentials = true;

  @Nullable ComponentServer server;

  /** Starts both, and waits until the component is connected. */
  final ComponentServer start(String... more) throws Exception {
    ComponentServer started = launch(more);
    connected.get(120, TimeUnit.SECONDS);
    while (send(request("/readyz")).statusCode() != 200) {
      Thread.onSpinWait();
    }
    return started;
  }

  /** Starts both, and waits for nothing. */
  final ComponentServer launch(String... more) throws Exception {
    ComponentServer started =
        ComponentServer.start(
                ComponentServerSettings.of("gw.localhost", "s3cr3t"),
                loops,
                new ComponentServerListener() {
                  @Override
                  public void received(Stanza stanza) {
                    received.add(stanza);
                  }

                  @Override
                  public void connected(String domain) {
                    connected.complete(null);
                  }

                  @Override
                  public void refused(StreamCondition condition, String detail) {
                    refusals.add(detail);
                  }
                })
            .block(Duration.ofMinutes(2));
    server = started;
    Path tokens = Files.writeString(folder.resolve("tokens"), this.tokens);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server=127.0.0.1:" + started.port(),
                "--component=gw.localhost",
                "--secret=s3cr3t",
                "--post-url=http://127.0.0.1:9/",
                "--http-listen=127.0.0.1:" + port));
    if (withCredentials) {
      arguments.add("--api-token-file=" + tokens);
    }
    arguments.addAll(List.of(more));
    RunCommand command = new RunCommand(starter, err -> signal);
    exit = RunFixture.execute(command, arguments, Map.of());
    return started;
  }

  /** Waits until the program takes connections. */
  final void awaitListening() throws Exception {
    while (true) {
      try {
        send(request("/healthz"));
        return;
      } catch (ConnectException e) {
        Thread.onSpinWait();
      }
    }
  }

  @AfterEach
  void end() throws Exception {
    signal.complete("SIGTERM");
    if (exit != null) {
      assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    }
    if (server != null) {
      server.stop().block(Duration.ofMinutes(2));
    }
    loops.disposeLater(Duration.ofMillis(100), Duration.ofSeconds(20)).block(Duration.ofMinutes(2));
  }

  /** What reached the server next. */
  final Stanza received() throws InterruptedException {
    Stanza stanza = received.poll(120, TimeUnit.SECONDS);
    assertThat(stanza).as("a stanza at the server").isNotNull();
    return stanza;
  }

  final HttpRequest.Builder request(String path) {
    return RunFixture.request(port, path);
  }

  final HttpResponse<String> post(String authorization, String path, String type, String body)
      throws Exception {
    return send(
        request(path)
            .header("Authorization", authorization)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  final CompletableFuture<HttpResponse<String>> sending(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  final HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
