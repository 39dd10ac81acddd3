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
}
