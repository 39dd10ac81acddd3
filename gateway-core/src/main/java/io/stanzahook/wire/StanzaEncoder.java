package io.stanzahook.wire;

import io.netty.buffer.ByteBuf;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;

/**
 * Writes stanzas in the stream's content namespace. Its output is always well-formed, whatever the
 * strings contain: see {@link XmlWriter}.
 *
 * <p>Not thread-safe: reuses one text buffer.
 */
public final class StanzaEncoder {
  /** A text buffer with more characters than this is released. */
  private static final int KEPT = 64 * 1024;

  private StringBuilder text = new StringBuilder(1024);

  /** Appends the stanza as UTF-8. */
  public void encode(OutboundStanza stanza, ByteBuf out) {
    text.setLength(0);
    XmlWriter.write(stanza.element(), Namespaces.COMPONENT, text);
    // Two copies of whole arrays cost less than one look at each character.
    out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    if (text.capacity() > KEPT) {
      text = new StringBuilder(1024);
    }
  }
}
