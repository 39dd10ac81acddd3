package io.stanzahook.wire;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads stanzas that were received before and kept as {@link io.stanzahook.stanza.StanzaXml}. They
 * were within all limits then.
 *
 * <p>Not thread-safe: reuses its parser.
 */
public final class KeptStanzaReader {
  private static final Logger log = LoggerFactory.getLogger(KeptStanzaReader.class);

  private static final byte[] STREAM =
      // A prefix that no stanza declares anew: one that does is written differently.
      "<kept-stream:stream xmlns='%s' xmlns:kept-stream='%s'>"
          .formatted(Namespaces.COMPONENT, Namespaces.STREAM)
          .getBytes(StandardCharsets.UTF_8);

  private final Jid domain;
  private @Nullable StanzaDecoder decoder;

  /** For a component's stanzas. */
  public KeptStanzaReader(String domain) {
    this.domain = Jid.of(domain);
  }

  /**
   * The stanza, or null if the bytes are not exactly one.
   *
   * @param lang the language to use if its XML does not have one, or null
   */
  public @Nullable Stanza read(byte[] xml, @Nullable String lang) {
    try {
      StanzaDecoder current = decoder;
      if (current == null) {
        current = new StanzaDecoder(domain, WireLimits.DEFAULTS, STREAM, 0, STREAM.length);
        decoder = current;
      }
      return current.decode(xml, 0, xml.length, lang) instanceof StreamEvent.Received received
          ? received.stanza()
          : null;
    } catch (StreamViolation | RuntimeException e) {
      log.debug("a kept stanza of {} bytes cannot be read", xml.length, e);
      decoder = null;
      return null;
    }
  }
}
