package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.app.interop.WebhookServer.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code check} says of a real server, and what it leaves alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CheckContract {
  private static final int FAILED = 1;
  private static final int REFUSED = 3;

  @RegisterExtension final Bed bed = new Bed();

  final XmppServer server;
  private final TestFolder folder = TestFolder.create("check");

  CheckContract(XmppServer server) {
    this.server = server;
  }

  @BeforeAll
  void startServer() {
    bed.share(server).start();
  }

  @AfterAll
  void removeFolder() {
    folder.close();
  }

  /** What it printed, and its exit code at the end. */
  record Checked(int code, String text) {}

  final Checked check(int port, String component, String secret, String... more) {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(204)));
    List<String> command =
        GatewayProcess.check(port, component, folder.write("secret", secret), webhook.url(), more);
    if (command.stream().noneMatch(flag -> flag.startsWith("--http-listen="))) {
      command.add("--http-listen=127.0.0.1:" + Ports.free());
    }
    try (ChildProcess child = ChildProcess.start("check", folder.path(), command)) {
      int code = child.awaitExit(GatewayProcess.END_LIMIT);
      assertThat(child.log()).doesNotContain(secret);
      return new Checked(code, child.log());
    }
  }

  /** How the lines of this server begin. */
  abstract String label();

  /** What it says that it is. */
  abstract String software();

  /** A line that declares a component there. */
  abstract String declaration(String component);

  /** A line that opens its component port. */
  abstract String listener();

  /** All servers' lines begin with their names. */
  private void assertNoOther(Checked checked) {
    assertThat(List.of("Prosody", "ejabberd", "jabberd2", "Openfire", "MongooseIM", "Tigase"))
        .filteredOn(name -> !name.equals(label()))
        .noneMatch(checked.text()::contains);
  }

  @Test
  void allIsWell() {
    Checked checked = check(server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET);

    assertThat(checked.text())
        .contains("server         ok: 127.0.0.1:" + server.componentPort())
        .contains("handshake      ok: " + XmppServer.COMPONENT + " is accepted")
        .contains("software       ok: " + XmppServer.HOST + " runs " + software())
        .contains("webhook        ok: ");
    assertThat(checked.code()).isZero();
  }

  @Test
  void aWrongSecret() {
    Checked checked = check(server.componentPort(), XmppServer.COMPONENT, "a-wrong-one");

    assertThat(checked.text())
        .contains("handshake      FAILED: ", "not-authorized", "--secret")
        .contains(declaration(XmppServer.COMPONENT));
    assertNoOther(checked);
    assertThat(checked.code()).isEqualTo(REFUSED);
  }

  @Test
  void aComponentThatTheServerDoesNotHave() {
    Checked checked = check(server.componentPort(), "nobody.localhost", XmppServer.SECRET);

    assertThat(checked.text())
        .contains("handshake      FAILED: ")
        .contains(declaration("nobody.localhost"));
    assertNoOther(checked);
    assertThat(checked.code()).isEqualTo(REFUSED);
  }

  @Test
  void thePortOfClients() {
    Checked checked = check(server.clientPort(), XmppServer.COMPONENT, XmppServer.SECRET);

    assertThat(checked.text())
        .contains("handshake      FAILED: ", "component port")
        .contains(listener());
    assertThat(checked.code()).isIn(FAILED, REFUSED);
  }

  @Test
  void aClosedPort() {
    int closed = Ports.free();
    Checked checked = check(closed, XmppServer.COMPONENT, XmppServer.SECRET);

    assertThat(checked.text())
        .contains("server         FAILED: nothing listens at 127.0.0.1:" + closed)
        .contains("Prosody   component_ports = { " + closed + " }")
        .contains("handshake      not tried");
    assertThat(checked.code()).isEqualTo(FAILED);
  }

  @Test
  void tlsThatTheServerDoesNotSpeak() {
    Checked checked =
        check(server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET, "--tls");

    assertThat(checked.text())
        .contains("handshake      FAILED: ", "--tls")
        .contains("Prosody   has no TLS on its component port")
        .contains("tls: true");
    assertThat(checked.code()).isEqualTo(FAILED);
  }

  @Test
  void aGatewayThatRunsIsAskedAndNotDisturbed() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.body("ok")));
    GatewayProcess gateway = bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    Checked checked =
        check(
            server.componentPort(),
            XmppServer.COMPONENT,
            XmppServer.SECRET,
            "--http-listen=" + gateway.httpAddress());

    assertThat(checked.text())
        .contains(
            "handshake      ok: a gateway is already running, with its health at http://127.0.0.1:");
    assertThat(checked.code()).isZero();
    assertThat(gateway.isReady()).isTrue();
    assertThat(gateway.metric("stanzahook_stream_connects_total")).isEqualTo(1);
    assertThat(gateway.metric("stanzahook_stream_failures_total")).isZero();
  }
}
