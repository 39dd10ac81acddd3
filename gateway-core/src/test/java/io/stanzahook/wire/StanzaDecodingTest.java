package io.stanzahook.wire;

import static io.stanzahook.wire.StreamDecoderTest.message;
import static io.stanzahook.wire.StreamDecoderTest.only;
import static io.stanzahook.wire.StreamDecoderTest.stanza;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Conformance C7 to C10: what is read out of a stanza. */
class StanzaDecodingTest {
  @Test
  void c7_c8_theBodyIsChosenByLanguage() {
    assertThat(
            message(
                    "<message from='a@b' xml:lang='de'><body xml:lang='fr'>f</body>"
                        + "<body>unlabelled</body><body xml:lang='de'>d</body></message>")
                .body())
        .isEqualTo("unlabelled");
    assertThat(
            message(
                    "<message from='a@b' xml:lang='de'><body xml:lang='fr'>f</body>"
                        + "<body xml:lang='de'>d</body></message>")
                .body())
        .isEqualTo("d");
    assertThat(
            message(
                    "<message from='a@b'><body xml:lang='fr'>f</body><body xml:lang='it'>i</body></message>")
                .body())
        .isEqualTo("f");
    assertThat(message("<message from='a@b'><body/></message>").body()).isEmpty();
    assertThat(message("<message from='a@b'/>").body()).isNull();
  }

  @Test
  void c10_missingAndInvalidAddresses() {
    assertThat(only("<message to='a@b'/>"))
        .isEqualTo(new StreamEvent.Refused(Refusal.BAD_FROM, 0, null));
    assertThat(only("<message from='@b' to='a@b'/>"))
        .isEqualTo(new StreamEvent.Refused(Refusal.BAD_FROM, 0, null));
    assertThat(stanza("<message from='a@b'/>").to()).hasToString("gw.localhost");
  }
}
