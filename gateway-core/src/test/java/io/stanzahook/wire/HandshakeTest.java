package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Conformance A1 and A2. */
class HandshakeTest {
  @Test
  void a1_theStartTagOpensAComponentStream() {
    assertThat(Handshake.start("gw.localhost"))
        .isEqualTo(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
                + " xmlns:stream='http://etherx.jabber.org/streams' to='gw.localhost'>");
  }

  @Test
  void a2_theDigestIsThatOfUnescapedIdAndRawSecret() {
    assertThat(Handshake.digest("abc", "pä&s"))
        .isEqualTo("a8abb644436d8d01530a1025ab83a92fb01c1d7e");
    assertThat(Handshake.element("abc", "pä&s"))
        .isEqualTo("<handshake>a8abb644436d8d01530a1025ab83a92fb01c1d7e</handshake>");
  }

  @Test
  void aStreamErrorEndsTheStream() {
    assertThat(Handshake.error(StreamCondition.RESTRICTED_XML))
        .isEqualTo(
            "<stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                + "</stream:error></stream:stream>");
  }
}
