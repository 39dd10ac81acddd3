package io.stanzahook.wire;

import io.netty.buffer.ByteBuf;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlBytes;
import io.stanzahook.xml.XmlWriter;

/**
 * Writes stanzas in the stream's content namespace. Its output is always well-formed, whatever the
 * strings contain: see {@link XmlWriter}.
 *
 * <p>Not thread-safe: reuses one array.
 */
public final class StanzaEncoder {
  private final XmlBytes xml = new XmlBytes();

  /** Appends the stanza as UTF-8. */
  public void encode(OutboundStanza stanza, ByteBuf out) {
    xml.clear();
    XmlWriter.write(stanza.element(), Namespaces.COMPONENT, xml);
    out.writeBytes(xml.array(), 0, xml.length());
  }
}
