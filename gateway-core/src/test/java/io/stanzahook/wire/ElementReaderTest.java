package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.aalto.in.ByteBasedPNameTable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import org.junit.jupiter.api.Test;

class ElementReaderTest {
  private static final byte[] START = bytes("<s:s xmlns:s='urn:s' xmlns='urn:d'>");

  @Test
  void b13_aReaderIsLeftBehindWithItsNamesAfterItsBudget() throws StreamViolation {
    ElementReader reader = new ElementReader(START, 0, START.length);
    Set<Object> used = Collections.newSetFromMap(new IdentityHashMap<>());
    int fed = 0;
    int most = 0;
    int sinceLast = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] element = bytes("<e" + i + " a" + i + "='1' p" + i + ":b='2' xmlns:p" + i + "='u'/>");
      boolean fresh = used.add(reader.begin(element, 0, element.length));
      sinceLast = fresh ? element.length : sinceLast + element.length;
      most = Math.max(most, sinceLast);
      fed += element.length;
      assertThat(reader.next()).isEqualTo(XMLStreamConstants.END_ELEMENT);
    }

    assertThat(most).isLessThanOrEqualTo(ElementReader.MAX_BYTES + 100);
    assertThat(used)
        .hasSizeBetween(fed / ElementReader.MAX_BYTES, fed / ElementReader.MAX_BYTES + 1);
  }

  /** Names of 24 characters, of which Aalto's table makes one hash: four bits each eight. */
  private static String collidingName(int number) {
    StringBuilder name = new StringBuilder();
    for (int part = 0; part < 3; part++) {
      char[] eight = new char[8];
      for (int i = 0; i < 4; i++) {
        boolean set = ((number >> (part * 4 + i)) & 1) != 0;
        // One more in the first four is 31 more of the hash, and 31 less in the last four.
        eight[i] = set ? 'b' : 'a';
        eight[i + 4] = set ? 'C' : 'b';
      }
      name.append(eight);
    }
    return name.toString();
  }

  @Test
  void namesWithEqualHashesAreNotGoneThroughByTheThousand() throws StreamViolation {
    assertThat(hash(collidingName(1))).isEqualTo(hash(collidingName(0xabc)));
    StringBuilder xml = new StringBuilder("<m xmlns:p='urn:p'>");
    for (int i = 0; i < 4096; i++) {
      xml.append("<p:").append(collidingName(i)).append(" p:a='1'/>");
    }
    byte[] element = bytes(xml.append("</m>").toString());
    ElementReader reader = new ElementReader(START, 0, START.length);
    var events = reader.begin(element, 0, element.length);
    int most = 0;
    for (int i = 0; i < 4096; i++) {
      assertThat(reader.next()).isEqualTo(XMLStreamConstants.START_ELEMENT);
      assertThat(events.getNamespaceURI()).isEqualTo("urn:p");
      assertThat(events.getLocalName()).isEqualTo(collidingName(i));
      assertThat(events.getAttributeValue("urn:p", "a")).isEqualTo("1");
      most = Math.max(most, reader.names());
      assertThat(reader.next()).isEqualTo(XMLStreamConstants.END_ELEMENT);
    }
    assertThat(reader.next()).isEqualTo(XMLStreamConstants.END_ELEMENT);
    assertThat(events.getLocalName()).isEqualTo("m");

    // A tag more than the bound.
    assertThat(most).isBetween(ElementReader.MAX_NAMES, ElementReader.MAX_NAMES + 2);
  }

  private static int hash(String name) {
    int[] quads = ByteBasedPNameTable.calcQuads(bytes(name));
    return ByteBasedPNameTable.calcHash(quads, quads.length);
  }
}
