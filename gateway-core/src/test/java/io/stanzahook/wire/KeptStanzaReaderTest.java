package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
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
    Stanza stanza = new KeptStanzaReader("gw").read(bytes(xml), null);

    assertThat(stanza).isNotNull();
    assertThat(stanza.xml()).hasToString(xml);
    assertThat(stanza.lang()).isNull();
  }

  @Test
  void theLanguageOfTheStreamItCameInIsThatOfAStanzaWithoutItsOwn() {
    KeptStanzaReader reader = new KeptStanzaReader("gw");
    byte[] plain = bytes("<message from='a@b' to='bot@gw'><body>x</body></message>");
    byte[] own = bytes("<message from='a@b' to='bot@gw' xml:lang='fr'><body>x</body></message>");

    assertThat(reader.read(plain, "en")).extracting(Stanza::lang).isEqualTo("en");
    assertThat(reader.read(own, "en")).extracting(Stanza::lang).isEqualTo("fr");
    assertThat(reader.read(plain, null)).extracting(Stanza::lang).isNull();
  }

  private static byte[] bytes(String xml) {
    return xml.getBytes(StandardCharsets.UTF_8);
  }
}
