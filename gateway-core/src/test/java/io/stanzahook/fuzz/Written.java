package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlSize;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLStreamException;

/** That an element survives being written: our parser and the JDK's read what it was. */
final class Written {
  /** An attribute in a namespace takes its declaration along: twice as many as were read. */
  private static final XmlLimits READ_AGAIN = new XmlLimits(1_000, 100_000, 10_000);

  private Written() {}

  static void check(XmlElement element) {
    String xml = XmlWriter.write(element);
    try {
      Tree expected = Tree.of(element).withoutForbidden();
      XmlElement read = XmlParser.parse(xml, READ_AGAIN);
      assertThat(Tree.of(read)).as("our parser on: %s", xml).isEqualTo(expected);
      assertThat(Stax.read(xml).root()).as("StAX on: %s", xml).isEqualTo(expected);
      assertThat(XmlParser.parse(XmlWriter.write(read), READ_AGAIN)).isEqualTo(read);
    } catch (XmlException | XMLStreamException e) {
      throw new AssertionError("what XmlWriter wrote cannot be read: " + xml, e);
    }
    int bytes = xml.getBytes(StandardCharsets.UTF_8).length;
    assertThat(XmlSize.exceeds(element, "", bytes)).as("size of: %s", xml).isFalse();
    assertThat(XmlSize.exceeds(element, "", bytes - 1)).as("size of: %s", xml).isTrue();
  }
}
