package io.stanzahook.wire;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes the XML for the webhook: well-formed without the stream around it. */
final class StandaloneXml {
  private final byte[] startTag;
  private final XmlLimits limits;

  StandaloneXml(byte[] startTag, WireLimits limits) {
    this.startTag = startTag;
    // One level and one element more than a stanza may have: the stream's own.
    this.limits =
        new XmlLimits(limits.maxDepth() + 1, limits.maxElements() + 1, limits.maxAttributes());
  }

  /**
   * A copy of an element.
   *
   * @param asItIs whether its bytes stand alone already; else it is written anew
   */
  StanzaXml of(byte[] data, int offset, int length, boolean asItIs) throws StreamViolation {
    return new StanzaXml(
        asItIs
            ? Arrays.copyOfRange(data, offset, offset + length)
            : rewritten(data, offset, length));
  }

  private byte[] rewritten(byte[] data, int offset, int length) throws StreamViolation {
    String start = new String(startTag, StandardCharsets.UTF_8);
    String name = start.substring(1).split("[\\s/>]", 2)[0];
    String document =
        start + new String(data, offset, length, StandardCharsets.UTF_8) + "</" + name + ">";
    try {
      XmlElement element = XmlParser.parse(document, limits).elements().get(0);
      StringBuilder out = new StringBuilder(length);
      XmlWriter.write(ContentNamespace.adopt(element), Namespaces.COMPONENT, out);
      return out.toString().getBytes(StandardCharsets.UTF_8);
    } catch (XmlException e) {
      throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, String.valueOf(e.getMessage()));
    }
  }
}
