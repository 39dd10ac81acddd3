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

/** The time at which a late stanza was sent (XEP-0203). */
public final class Delay {
  /** The namespace of the stamp. */
  public static final String NAMESPACE = "urn:xmpp:delay";

  /** A stanza is late if it is delivered this long after it came. */
  public static final Duration LATE = Duration.ofSeconds(10);

  /** A stanza larger than this gets no stamp. */
  private static final int MAX_BYTES = 511 * 1024;

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
          xml,
          message.room());
    }
    return stanza instanceof Presence presence
        ? new Presence(presence.header(), payloads, xml)
        : stanza;
  }

  /**
   * One of our stanzas with a stamp of the component added, unless it has a stamp, is an iq, or is
   * too large: above 512 KiB, Prosody would close the stream.
   */
  public static OutboundStanza stamped(OutboundStanza stanza, Instant at, String domain) {
    if (stanza.kind() == StanzaKind.IQ
        || stanza.element().child(NAMESPACE, NAME) != null
        || XmlSize.exceeds(stanza.element(), Namespaces.COMPONENT, MAX_BYTES)) {
      return stanza;
    }
    XmlElement stamp =
        XmlElement.builder(NAMESPACE, NAME)
            .attribute("from", domain)
            .attribute("stamp", stamp(at))
            .build();
    return OutboundStanza.of(stanza.element().toBuilder().child(stamp).build());
  }

  /** What the stamps of a stanza say. */
  public record Stamps(@Nullable String first, boolean history) {
    private static final Stamps NONE = new Stamps(null, false);
  }

  /**
   * The first stamp of a stanza, as sent, and whether the stanza is history of a room: an earlier
   * message, stamped by the room (XEP-0045, 7.2.13).
   */
  public static Stamps stamps(Stanza stanza) {
    if (!stanza.hasPayload(NAMESPACE, NAME)) {
      return Stamps.NONE;
    }
    XmlElement root;
    try {
      root = stanza.xml().parse(XmlLimits.INBOUND);
    } catch (XmlException e) {
      // Larger than a tree may be: the stanza goes along whole, its stamp in it.
      return Stamps.NONE;
    }
    XmlElement first = root.child(NAMESPACE, NAME);
    return new Stamps(
        first == null ? null : first.attribute("stamp"),
        stanza instanceof Message message && message.isGroupchat() && isOfRoom(root, message));
  }

  private static boolean isOfRoom(XmlElement root, Message message) {
    String room = message.from().bare().comparable();
    for (XmlElement child : root.elements()) {
      Jid by = child.is(NAMESPACE, NAME) ? Jid.parse(child.attribute("from")) : null;
      if (by != null && by.bare().comparable().equals(room)) {
        return true;
      }
    }
    return false;
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
