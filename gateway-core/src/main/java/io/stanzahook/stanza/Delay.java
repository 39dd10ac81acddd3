package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a stanza was sent that is delivered late (XEP-0203). */
public final class Delay {
  /** The namespace of the stamp. */
  public static final String NAMESPACE = "urn:xmpp:delay";

  /** What is delivered this much later than it came is late. */
  public static final Duration LATE = Duration.ofSeconds(10);

  /** A stanza larger than this gets no stamp. */
  private static final int MOST_BYTES = 511 * 1024;

  private static final String NAME = "delay";

  private Delay() {}

  /** The stanza with a stamp of the component added as its last child. */
  public static Stanza stamped(Stanza stanza, Instant at, String domain) {
    List<PayloadName> payloads = new ArrayList<>(stanza.payloads());
    payloads.add(new PayloadName(NAMESPACE, NAME));
    StanzaXml xml = withChild(stanza.xml(), markup(at, domain));
    if (stanza instanceof Message message) {
      return new Message(
          message.header(),
          message.body(),
          message.subject(),
          message.thread(),
          message.replace(),
          payloads,
          xml);
    }
    return stanza instanceof Presence presence
        ? new Presence(presence.header(), payloads, xml)
        : stanza;
  }

  /**
   * A stanza of ours with a stamp of the component, unless it has one, is an iq, or has no room for
   * one: past 512 KiB Prosody would close the stream.
   */
  public static OutboundStanza stamped(OutboundStanza stanza, Instant at, String domain) {
    if (stanza.kind() == StanzaKind.IQ
        || stanza.element().child(NAMESPACE, NAME) != null
        || XmlSize.exceeds(stanza.element(), Namespaces.COMPONENT, MOST_BYTES)) {
      return stanza;
    }
    XmlElement stamp =
        XmlElement.builder(NAMESPACE, NAME)
            .attribute("from", domain)
            .attribute("stamp", stamp(at))
            .build();
    return OutboundStanza.of(stanza.element().toBuilder().child(stamp).build());
  }

  /** The first stamp of a stanza, as sent; null where it has none. */
  public static @Nullable String of(Stanza stanza) {
    if (!stanza.hasPayload(NAMESPACE, NAME)) {
      return null;
    }
    try {
      XmlElement delay = stanza.xml().parse(XmlLimits.INBOUND).child(NAMESPACE, NAME);
      return delay == null ? null : delay.attribute("stamp");
    } catch (XmlException e) {
      // Larger than a tree may be: the stanza goes along whole, its stamp in it.
      return null;
    }
  }

  private static String stamp(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String markup(Instant at, String domain) {
    return "<delay xmlns='%s' from='%s' stamp='%s'/>".formatted(NAMESPACE, domain, stamp(at));
  }

  /** The bytes stay as they came, but for the root's end. */
  private static StanzaXml withChild(StanzaXml xml, String child) {
    byte[] utf8 = xml.utf8();
    int end = utf8.length - 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream(utf8.length + child.length() + 32);
    if (utf8[end - 1] == '/') {
      out.write(utf8, 0, end - 1);
      out.write('>');
      out.writeBytes(child.getBytes(StandardCharsets.UTF_8));
      out.writeBytes("</".getBytes(StandardCharsets.UTF_8));
      out.write(utf8, 1, nameEnd(utf8) - 1);
      out.write('>');
    } else {
      int endTag = end;
      while (utf8[endTag] != '<') {
        endTag--;
      }
      out.write(utf8, 0, endTag);
      out.writeBytes(child.getBytes(StandardCharsets.UTF_8));
      out.write(utf8, endTag, utf8.length - endTag);
    }
    return new StanzaXml(out.toByteArray());
  }

  private static int nameEnd(byte[] utf8) {
    int i = 1;
    while (utf8[i] > ' ' && utf8[i] != '/' && utf8[i] != '>') {
      i++;
    }
    return i;
  }
}
