package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Starts, ends, and servers that come late, go and come back. Each test has its own server. */
abstract class LifecycleContract {
  private static final String BOT = InteropContract.BOT;

  @RegisterExtension final Bed bed = new Bed();

  /** A server that is not started yet. */
  abstract XmppServer newServer();

  private XmppServer startedServer() {
    XmppServer server = bed.use(newServer());
    server.start();
    return server;
  }

  private WebhookServer echo() {
    return bed.use(WebhookServer.answering(LifecycleContract::echoed));
  }

  private static Answer echoed(Request request) {
    return Answer.body("ok " + request.property("body"));
  }

  private ChatClient user(XmppServer server, String name) {
    server.register(name);
    return bed.use(ChatClient.login(server, name));
  }

  private void assertAnswers(XmppServer server, String name) {
    ChatClient client = user(server, name);
    client.send(BOT, "hello");
    assertThat(client.takeMessage().body()).isEqualTo("ok hello");
    client.close();
  }

  @Test
  void isReadySoonAfterItsStart() {
    XmppServer server = startedServer();
    WebhookServer webhook = echo();
    long start = System.nanoTime();

    bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    System.out.println(server.name() + ": start to ready in " + taken.toMillis() + " ms");
    assertThat(taken).isLessThan(GatewayProcess.READY_LIMIT);
  }

  @Test
  void waitsForAServerThatIsNotUpYet() {
    XmppServer server = bed.use(newServer());
    GatewayProcess gateway = bed.use(GatewayProcess.start(server, echo().url()));
    Await.until("it runs", GatewayProcess.READY_LIMIT, gateway::isHealthy);
    assertThat(gateway.isReady()).isFalse();

    server.start();

    gateway.awaitReady();
    assertAnswers(server, "alice");
  }

  @Test
  void comesBackAfterTheServersRestart() {
    comesBackAfter(XmppServer::stop);
  }

  @Test
  void comesBackAfterTheServersDeath() {
    comesBackAfter(XmppServer::kill);
  }

  private void comesBackAfter(Consumer<XmppServer> loss) {
    XmppServer server = startedServer();
    GatewayProcess gateway = bed.use(GatewayProcess.start(server, echo().url())).awaitReady();
    assertAnswers(server, "alice");

    loss.accept(server);
    Await.until("the loss is seen", GatewayProcess.READY_LIMIT, () -> !gateway.isReady());
    assertThat(gateway.isHealthy()).isTrue();
    server.start();

    gateway.awaitReady();
    assertThat(gateway.metric("stanzahook_stream_connects_total")).isEqualTo(2);
    assertAnswers(server, "bob");
  }

  @Test
  void takesThePlaceOfOneThatWasKilled() {
    XmppServer server = startedServer();
    GatewayProcess killed = bed.use(GatewayProcess.start(server, echo().url())).awaitReady();

    killed.kill();

    bed.use(GatewayProcess.start(server, echo().url())).awaitReady();
    assertAnswers(server, "alice");
  }

  @Test
  void aWrongSecretEndsItWithOneClearLine() {
    String wrong = "not-the-secret";
    GatewayProcess gateway =
        bed.use(GatewayProcess.startWithSecret(startedServer(), wrong, echo().url()));

    assertThat(gateway.awaitExit()).isEqualTo(3);

    assertThat(gateway.log()).contains(XmppServer.COMPONENT).doesNotContain(wrong);
    assertThat(gateway.log().lines().filter(line -> line.startsWith("\tat ")))
        .as("no stack trace")
        .isEmpty();
    assertThat(gateway.log().lines().filter(line -> line.contains("secret")))
        .as("one line says that the secret is wrong")
        .hasSize(1);
  }

  @Test
  void sigtermWaitsForTheWebhookAndDeliversItsAnswer() {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    WebhookServer slow =
        bed.use(
            WebhookServer.answering(
                request -> {
                  called.countDown();
                  Latches.await(release);
                  return Answer.body("in the end");
                }));
    XmppServer server = startedServer();
    GatewayProcess gateway = bed.use(GatewayProcess.start(server, slow.url())).awaitReady();
    ChatClient alice = user(server, "alice");
    alice.send(BOT, "hello");
    Latches.await(called);

    gateway.terminate();
    Await.until("the gateway is not ready any more", ChatClient.LIMIT, () -> !gateway.isReady());
    assertThat(gateway.isAlive()).isTrue();
    release.countDown();

    assertThat(alice.takeMessage().body()).isEqualTo("in the end");
    assertThat(gateway.awaitExit()).isZero();
  }

  @Test
  void sigtermWithNothingInFlightEndsItAtOnce() {
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(startedServer(), echo().url())).awaitReady();

    gateway.terminate();

    assertThat(gateway.awaitExit()).isZero();
    assertThat(gateway.log().lines().filter(line -> line.contains("WARN"))).isEmpty();
  }
}
