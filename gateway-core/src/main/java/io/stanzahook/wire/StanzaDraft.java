package io.stanzahook.wire;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a stanza while it is read. */
final class StanzaDraft {
  private static final StanzaXml NO_XML = new StanzaXml(new byte[0]);

  private final StanzaKind kind;
  private @Nullable String to;
  private @Nullable String from;
  private @Nullable String id;
  private @Nullable String type;
  private @Nullable String lang;
  private int children;
  private List<PayloadName> payloads = List.of();

  private final LanguageText body = new LanguageText();
  private final LanguageText subject = new LanguageText();
  private final LanguageText thread = new LanguageText();
  private @Nullable LanguageText current;
  private @Nullable String replace;

  /**
   * Starts a stanza.
   *
   * @param streamLang the stream's language, which a stanza without its own has (RFC 6120, 8.1.5),
   *     or null
   */
  StanzaDraft(StanzaKind kind, @Nullable String streamLang) {
    this.kind = kind;
    this.lang = streamLang;
  }

  void attribute(String name, @Nullable String value) {
    switch (name) {
      case "to" -> to = value;
      case "from" -> from = value;
      case "id" -> id = value;
      case "type" -> type = value;
      default -> {}
    }
  }

  void lang(String value) {
    lang = value;
  }

  /**
   * A direct child begins.
   *
   * @param namespace the empty string for the content namespace
   * @param childLang its own language, or null
   */
  void childBegins(String namespace, String name, @Nullable String childLang) {
    children++;
    if (!namespace.isEmpty()) {
      if (payloads.isEmpty()) {
        payloads = new ArrayList<>(4);
      }
      payloads.add(new PayloadName(namespace, name));
    } else if (kind == StanzaKind.MESSAGE) {
      current =
          switch (name) {
            case "body" -> body;
            case "subject" -> subject;
            case "thread" -> thread;
            default -> null;
          };
      if (current != null) {
        current.begin(childLang == null || childLang.equals(lang));
      }
    }
  }

  /** The message corrects that one; of several the first counts. */
  void replaces(@Nullable String correctedId) {
    if (replace == null && correctedId != null && !correctedId.isEmpty()) {
      replace = correctedId;
    }
  }

  boolean wantsText() {
    return current != null;
  }

  void text(String text) {
    if (current != null) {
      current.append(text);
    }
  }

  void childEnds() {
    current = null;
  }

  /** The stanza, or why there is none. */
  StreamEvent event(Jid ownDomain, StanzaXml xml) {
    Jid sender = Jid.parse(from);
    Jid addressee = to == null ? ownDomain : Jid.parse(to);
    if (sender == null || addressee == null) {
      return new StreamEvent.Refused(sender == null ? Refusal.BAD_FROM : Refusal.BAD_TO, 0, null);
    }
    return new StreamEvent.Received(
        stanza(new StanzaHeader(addressee, sender, id, type, lang), xml));
  }

  /** The refusal of a stanza of which only the root's attributes are known. */
  StreamEvent refusal(Jid ownDomain, Refusal reason, int limit) {
    Jid sender = Jid.parse(from);
    Jid addressee = to == null ? ownDomain : Jid.parse(to);
    if (sender == null || addressee == null) {
      return new StreamEvent.Refused(reason, limit, null);
    }
    return new StreamEvent.Refused(
        reason, limit, stanza(new StanzaHeader(addressee, sender, id, type, lang), NO_XML));
  }

  private Stanza stanza(StanzaHeader header, StanzaXml xml) {
    return switch (kind) {
      case MESSAGE ->
          new Message(
              header, body.text(), subject.text(), thread.text(), replace, payloads, xml, null);
      case PRESENCE -> new Presence(header, payloads, xml);
      case IQ -> new Iq(header, children, payloads, xml);
    };
  }

  /**
   * The text of an element that may come several times in different languages: the first in the
   * stanza's language or without one, else the first.
   */
  private static final class LanguageText {
    private @Nullable String text;

    /** The text, once it comes in more than one piece: there may be tens of thousands. */
    private @Nullable StringBuilder pieces;

    private boolean preferred;
    private boolean taking;

    void begin(boolean preferable) {
      taking = text == null || (preferable && !preferred);
      if (taking) {
        preferred = preferable;
        text = "";
        pieces = null;
      }
    }

    void append(String piece) {
      if (!taking) {
        return;
      }
      if (pieces != null) {
        pieces.append(piece);
      } else if (text == null || text.isEmpty()) {
        text = piece;
      } else {
        pieces = new StringBuilder(text).append(piece);
      }
    }

    @Nullable String text() {
      return pieces == null ? text : pieces.toString();
    }
  }
}
