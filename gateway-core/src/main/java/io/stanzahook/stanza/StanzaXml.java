package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The complete XML of a received stanza as UTF-8, well-formed by itself: all prefixes are declared,
 * and there is no {@code xmlns} for the stream's content namespace. Wraps the array without a copy;
 * neither side changes it afterwards.
 */
public final class StanzaXml {
  private final byte[] utf8;

  /** Takes the array over; the caller must not change it afterwards. */
  public StanzaXml(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** XML from text. */
  public static StanzaXml of(String xml) {
    return new StanzaXml(xml.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not a copy: read only. */
  public byte[] utf8() {
    return utf8;
  }

  /** How many bytes it has. */
  public int length() {
    return utf8.length;
  }

  /**
   * The tree, parsed anew at every call, with the names of the content namespace in {@link
   * Namespaces#COMPONENT}.
   *
   * @throws XmlException if it is larger than the limits
   */
  public XmlElement parse(XmlLimits limits) throws XmlException {
    return ContentNamespace.adopt(XmlParser.parse(toString(), limits));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StanzaXml xml && Arrays.equals(xml.utf8, utf8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(utf8);
  }

  @Override
  public String toString() {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
