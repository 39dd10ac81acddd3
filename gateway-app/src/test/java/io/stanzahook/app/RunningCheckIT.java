package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.settings.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** What {@code check} takes for a gateway that runs, and what for nobody. */
class RunningCheckIT {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final LoopResources loops = LoopResources.create("running-check", 1, true);
  private final List<DisposableServer> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(DisposableServer::disposeNow);
    loops.disposeLater(Duration.ZERO, LONG).block(LONG);
  }

  private int answering(Flux<String> answers) {
    return answering(200, answers);
  }

  /** Each request gets the next answer; an error of the sequence ends the connection. */
  private int answering(int status, Flux<String> answers) {
    List<String> all = Objects.requireNonNull(answers.collectList().block(LONG));
    AtomicInteger next = new AtomicInteger();
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) ->
                    response
                        .status(status)
                        .sendString(
                            Mono.just(all.get(Math.min(next.getAndIncrement(), all.size() - 1)))))
            .bindNow();
    servers.add(server);
    return server.port();
  }

  private static String readiness(String status) {
    return "{\"ready\":false,\"stopping\":false,\"components\":{\"gw.localhost\":\""
        + status
        + "\"}}";
  }

  private @Nullable Finding find(int port, Duration longest) {
    return RunningCheck.find(new HostPort("127.0.0.1", port), null, "gw.localhost", loops, longest);
  }

  private static Result result(@Nullable Finding finding) {
    return Objects.requireNonNull(finding).result();
  }

  @Test
  void aRefusedConnectionIsNobody() {
    assertThat(find(Ports.free(), LONG)).isNull();
  }

  @Test
  void aGatewayTooBusyToAcceptIsNotTakenForNobody() throws IOException {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The system accepts for it, and it never says anything.
      Finding finding = find(busy.getLocalPort(), SHORT);

      assertThat(result(finding)).isEqualTo(Result.DOUBTFUL);
      assertThat(Objects.requireNonNull(finding).detail())
          .contains("did not say", "not tried, so as not to disturb it", "Try again");
    }
  }

  @Test
  void aGatewayThatClosesTheConnectionIsNotTakenForNobody() throws Exception {
    try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread closer =
          new Thread(
              () -> {
                try {
                  while (true) {
                    closing.accept().close();
                  }
                } catch (IOException e) {
                  // The test has ended.
                }
              });
      closer.start();
      assertThat(result(find(closing.getLocalPort(), LONG))).isEqualTo(Result.DOUBTFUL);
    }
  }

  @Test
  void aGatewayWithTooMuchToDoIsNotTakenForNobody() {
    assertThat(result(find(answering(503, Flux.just("busy")), LONG))).isEqualTo(Result.DOUBTFUL);
    assertThat(result(find(answering(429, Flux.just("{}")), LONG))).isEqualTo(Result.DOUBTFUL);
  }

  @Test
  void aConnectedGatewayIsBelieved() {
    assertThat(result(find(answering(Flux.just(readiness("connected"))), LONG)))
        .isEqualTo(Result.OK);
  }

  @Test
  void aGatewayThatIsJustConnectingIsWaitedFor() {
    int port = answering(Flux.just(readiness("connecting"), readiness("connected")));

    assertThat(result(find(port, LONG))).isEqualTo(Result.OK);
  }

  @Test
  void aGatewayThatCannotConnectLeavesTheTrialToUs() {
    assertThat(find(answering(Flux.just(readiness("connecting"))), LONG)).isNull();
  }

  @Test
  void aGatewayOfOtherComponentsIsNotDisturbed() {
    int port =
        answering(Flux.just("{\"ready\":true,\"components\":{\"other.localhost\":\"connected\"}}"));

    assertThat(find(port, LONG)).isNull();
  }

  @Test
  void anotherProgramOnThePortThatRunNeeds() {
    Finding finding = find(answering(404, Flux.just("404 page not found")), LONG);

    assertThat(result(finding)).isEqualTo(Result.FAILED);
    assertThat(Objects.requireNonNull(finding).detail())
        .contains("something other than a gateway answers", "--http-listen");
  }
}
