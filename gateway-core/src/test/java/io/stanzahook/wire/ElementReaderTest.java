package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.bytes;
import static org.assertj.core.api.Assertions.assertThat;

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
}
