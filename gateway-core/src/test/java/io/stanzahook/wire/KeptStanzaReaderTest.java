package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptStanzaReaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<message from='a@b' to='bot@gw' id='1'><body>x</body></message>",
        "<message from='a@b' to='bot@gw' xmlns:s='urn:s'><s:x/><body>x &amp; y</body></message>",
        "<message from='a@b' to='bot@gw' xmlns:stream='urn:s'><stream:x/></message>",
        "<message from='a@b' to='bot@gw'><x xmlns='u' xmlns:s='v' s:a='1'/></message>"
      })
  void whatWasKeptIsReadAsItIs(String xml) {
    Stanza stanza = new KeptStanzaReader("gw").read(xml.getBytes(StandardCharsets.UTF_8));

    assertThat(stanza).isNotNull();
    assertThat(stanza.xml()).hasToString(xml);
  }
}
