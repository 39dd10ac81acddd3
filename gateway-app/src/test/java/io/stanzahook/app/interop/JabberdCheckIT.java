package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JabberdCheckIT extends CheckContract {
  JabberdCheckIT() {
    super(JabberdServer.create());
  }

  @Override
  String label() {
    return "jabberd2";
  }

  @Override
  String software() {
    return "Jabber IM server";
  }

  @Override
  String declaration(String component) {
    return "jabberd2  router.xml: <local>";
  }

  @Override
  String listener() {
    return "jabberd2  router.xml: <local>";
  }

  /** No test here: jabberd2 takes any component. */
  @Override
  void aComponentThatTheServerDoesNotHave() {}

  /** No test here: it is the same before any server has said a word. */
  @Override
  void aClosedPort() {}

  /** No test here: the gateway asked is none of the server's. */
  @Override
  void aGatewayThatRunsIsAskedAndNotDisturbed() {}

  @Test
  void aSecondConnectionGetsTheStanzasOfSomeSenders() {
    Checked checked =
        check(
            server.componentPort(), XmppServer.COMPONENT, XmppServer.SECRET, "--second-connection");

    assertThat(checked.text())
        .contains("second         look: the server takes both connections of ")
        .contains("jabberd2  has none either: each sender's stanzas go to one of the two");
    assertThat(checked.code()).isZero();
  }

  @Test
  void aDomainThatNobodyMeansIsDoubted() {
    Checked checked = check(server.componentPort(), "bot.lokalhost", XmppServer.SECRET);

    assertThat(checked.text())
        .contains("handshake      ok: bot.lokalhost is accepted")
        .contains(
            "software       look: jabberd2 takes any domain, and nobody answers at lokalhost");
    assertThat(checked.code()).isZero();
  }

  @Test
  void theServersOwnDomainIsDoubted() {
    XmppServer own = bed.use(JabberdServer.create());
    own.start();

    Checked checked = check(own.componentPort(), XmppServer.HOST, XmppServer.SECRET);

    assertThat(checked.text())
        .contains("software       look: jabberd2 takes any domain; is localhost the server's own");
  }
}
