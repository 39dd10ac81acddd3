package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that come late, go and come back. Each test has a server of its own. */
abstract class ReconnectContract {
  @RegisterExtension final Bed bed = new Bed();

  /** A server that is not started yet. */
  abstract XmppServer newServer();

  private GatewayProcess gateway(XmppServer server) {
    WebhookServer webhook =
        bed.use(WebhookServer.answering(request -> Answer.body("ok " + request.property("body"))));
    return bed.use(GatewayProcess.start(server, webhook.url()));
  }

  private void assertAnswers(XmppServer server, String text) {
    server.register("alice");
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));
    alice.send(InteropContract.BOT, text);
    assertThat(alice.takeMessage().body()).isEqualTo("ok " + text);
    alice.close();
  }

  @Test
  void waitsForAServerThatIsNotUpYet() {
    XmppServer server = bed.use(newServer());
    GatewayProcess gateway = gateway(server);
    Await.until("it runs", GatewayProcess.READY_LIMIT, gateway::isHealthy);
    assertThat(gateway.isReady()).isFalse();

    server.start();

    gateway.awaitReady();
    assertAnswers(server, "hello");
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
    XmppServer server = bed.use(newServer());
    server.start();
    GatewayProcess gateway = gateway(server).awaitReady();
    assertAnswers(server, "before");

    loss.accept(server);
    Await.until("the loss is seen", GatewayProcess.READY_LIMIT, () -> !gateway.isReady());
    assertThat(gateway.isHealthy()).isTrue();
    server.start();

    gateway.awaitReady();
    assertThat(gateway.metric("stanzahook_stream_connects_total")).isEqualTo(2);
    server.register("bob");
    ChatClient bob = bed.use(ChatClient.login(server, "bob"));
    bob.send(InteropContract.BOT, "after");
    assertThat(bob.takeMessage().body()).isEqualTo("ok after");
  }
}
