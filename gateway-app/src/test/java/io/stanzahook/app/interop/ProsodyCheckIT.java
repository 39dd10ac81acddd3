package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import org.junit.jupiter.api.Test;

class ProsodyCheckIT extends CheckContract {
  ProsodyCheckIT() {
    super(ProsodyServer.create());
  }

  @Override
  String label() {
    return "Prosody";
  }

  @Override
  String software() {
    return "Prosody 0.";
  }

  @Override
  String declaration(String component) {
    return "Prosody   Component \"%s\"".formatted(component);
  }

  @Override
  String listener() {
    return "Prosody   component_ports = { 5347 }";
  }

  @Test
  void somebodyElseIsConnected() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.body("ok")));
    bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    Checked checked = check(server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET);

    assertThat(checked.text())
        .contains("handshake      FAILED: another component is connected as ")
        .contains("component_conflict_resolve = \"kick_old\"");
    assertThat(checked.code()).isEqualTo(1);
  }

  @Test
  void aSecondConnectionIsRefused_orEndsTheFirstWhereTheServerIsToldSo() {
    Checked refused =
        check(
            server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET, "--second-connection");

    assertThat(refused.text())
        .contains("second         look: the server refuses a second connection of ")
        .contains("(conflict)", "component_conflict_resolve = \"kick_old\"");
    assertThat(refused.code()).isZero();

    XmppServer kickOld = bed.use(ProsodyServer.createKickOld());
    kickOld.start();
    Checked kicked =
        check(
            kickOld.componentPort(),
            XmppServer.COMPONENT,
            XmppServer.SECRET,
            "--second-connection");

    assertThat(kicked.text())
        .contains("second         ok: the server ends the older connection of ");
    assertThat(kicked.code()).isZero();
  }
}
