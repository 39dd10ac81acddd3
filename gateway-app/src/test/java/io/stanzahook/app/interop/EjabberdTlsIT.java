package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.sandbox.TestCa;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Direct TLS with ejabberd, whose component port can speak it; Prosody's cannot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EjabberdTlsIT {
  @RegisterExtension final Bed bed = new Bed();

  private final TestCa ca = TestCa.create();
  private final TestFolder folder = TestFolder.create("ca");
  private final Path caFile = folder.write("ca.pem", ca.pem());
  private final EjabberdServer server =
      EjabberdServer.createTls(TestCa.pem(ca.issue("xmpp.localhost")));

  @BeforeAll
  void startServer() {
    bed.share(server).start();
    server.register("alice");
  }

  @AfterAll
  void removeFolder() {
    folder.close();
  }

  private WebhookServer echo() {
    return bed.use(
        WebhookServer.answering(request -> Answer.body("ok " + request.property("body"))));
  }

  private GatewayProcess gateway(String... flags) {
    return bed.use(GatewayProcess.start(server, echo().url(), flags));
  }

  private void assertRefused(GatewayProcess gateway, String explanation) {
    Await.until(
        "the gateway says why it is not connected",
        GatewayProcess.READY_LIMIT,
        () -> gateway.log().contains(explanation));
    assertThat(gateway.isReady()).isFalse();
    assertThat(gateway.isAlive()).as("it goes on trying").isTrue();
  }

  @Test
  void a15_aMessageGoesToTheWebhookAndItsReplyBack() {
    GatewayProcess gateway =
        gateway("--tls", "--tls-ca", caFile.toString(), "--tls-name", "xmpp.localhost")
            .awaitReady();
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));

    String big = "Gr\u00fc\u00dfe \ud83d\ude00 ".repeat(5_000);
    for (String text : new String[] {"hello", big, "bye"}) {
      alice.send(InteropContract.BOT, text);
      assertThat(alice.takeMessage().body().strip()).isEqualTo(("ok " + text).strip());
    }
    assertThat(gateway.log()).contains(" over TLS");

    gateway.terminate();
    assertThat(gateway.awaitExit()).isZero();
    assertThat(gateway.log().lines().filter(line -> line.contains("WARN"))).isEmpty();
  }

  @Test
  void a15_checkTriesItToo() {
    List<String> command =
        GatewayProcess.check(
            server.componentPort(),
            XmppServer.COMPONENT,
            folder.write("secret", XmppServer.SECRET),
            echo().url(),
            "--tls",
            "--tls-ca=" + caFile,
            "--tls-name=xmpp.localhost");
    assertThat(ChildProcess.run("check", folder.path(), command, GatewayProcess.END_LIMIT))
        .contains("handshake      ok: " + XmppServer.COMPONENT + " is accepted over TLS");
  }

  @Test
  void a15_comesBackAfterTheServersRestart() {
    EjabberdServer own = bed.use(EjabberdServer.createTls(TestCa.pem(ca.issue("127.0.0.1"))));
    own.start();
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(own, echo().url(), "--tls", "--tls-ca=" + caFile))
            .awaitReady();
    own.stop();
    Await.until("the loss is seen", GatewayProcess.READY_LIMIT, () -> !gateway.isReady());
    own.start();
    gateway.awaitReady();
  }

  @Test
  void a15_aCertificateForAnotherNameIsRefused() {
    assertRefused(
        gateway("--tls", "--tls-ca", caFile.toString()),
        "the certificate is for xmpp.localhost, not for 127.0.0.1; next attempt in ");
  }

  @Test
  void a15_aCaThatIsNotGivenIsRefused() {
    assertRefused(gateway("--tls", "--tls-name=xmpp.localhost"), "with --tls-ca");
  }

  @Test
  void a15_withoutTlsItSaysWhatMayBeMissing() {
    assertRefused(gateway(), "give --tls");
  }
}
