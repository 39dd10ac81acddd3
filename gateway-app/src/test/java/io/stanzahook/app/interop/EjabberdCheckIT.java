package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EjabberdCheckIT extends CheckContract {
  EjabberdCheckIT() {
    super(EjabberdServer.create());
  }

  @Override
  String label() {
    return "ejabberd";
  }

  @Override
  String software() {
    return "ejabberd";
  }

  @Override
  String declaration(String component) {
    return "\"%s\": { password: ".formatted(component);
  }

  @Override
  String listener() {
    return "module: ejabberd_service";
  }

  @Test
  void aSecondConnectionIsTakenBesideTheFirst() {
    Checked checked =
        check(
            server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET, "--second-connection");

    assertThat(checked.text())
        .contains("handshake      ok: ")
        .contains("second         look: the server takes both connections of ")
        .contains("ejabberd  has no setting that ends the old one");
    assertThat(checked.code()).isZero();
  }
}
