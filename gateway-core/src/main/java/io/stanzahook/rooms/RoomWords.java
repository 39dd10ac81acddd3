package io.stanzahook.rooms;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OccupantErrors;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a room says to an occupant about that occupant (XEP-0045, 15.6.2).
 *
 * @param statuses the status codes
 * @param nick of the item: at a change of nick, the new one
 * @param destroyed whether the room is gone for good
 * @param reason what a person gave as the reason; empty where nobody did
 */
record RoomWords(Set<String> statuses, @Nullable String nick, boolean destroyed, String reason) {
  /** The presence is the occupant's own. */
  static final String SELF = "110";

  /** The room did not exist before. */
  static final String CREATED = "201";

  /** They are not gone: they have another nick. */
  static final String NEW_NICK = "303";

  /** A room's error text is quoted up to here. */
  private static final int MAX_TEXT = 200;

  private static final RoomWords NONE = new RoomWords(Set.of(), null, false, "");

  /** Those of a presence; none where there are none. */
  static RoomWords of(Stanza stanza) {
    XmlElement root = parse(stanza);
    XmlElement x = root == null ? null : root.child(Namespaces.MUC_USER, "x");
    if (x == null) {
      return NONE;
    }
    Set<String> statuses = new HashSet<>();
    for (XmlElement child : x.elements()) {
      String code = child.attribute("code");
      if (child.is(Namespaces.MUC_USER, "status") && code != null) {
        statuses.add(code);
      }
    }
    XmlElement item = x.child(Namespaces.MUC_USER, "item");
    XmlElement destroyed = x.child(Namespaces.MUC_USER, "destroy");
    XmlElement why = destroyed != null ? destroyed : item;
    XmlElement reason = why == null ? null : why.child(Namespaces.MUC_USER, "reason");
    return new RoomWords(
        statuses,
        item == null ? null : item.attribute("nick"),
        destroyed != null,
        reason == null ? "" : line(reason.text()));
  }

  boolean has(String status) {
    return statuses.contains(status);
  }

  /**
   * Whether the presence may be the occupant's own: whether {@value #SELF} stands in it somewhere.
   * When a large room is entered, each of the others sends one.
   */
  static boolean maybeSelf(Presence presence) {
    byte[] xml = presence.xml().utf8();
    for (int i = 2; i < xml.length; i++) {
      if (xml[i] == '0' && xml[i - 1] == '1' && xml[i - 2] == '1') {
        return true;
      }
    }
    return false;
  }

  /** The error of a stanza of type error. */
  static StanzaError error(Stanza stanza) {
    XmlElement root = parse(stanza);
    XmlElement error = root == null ? null : root.child(Namespaces.COMPONENT, "error");
    if (error == null) {
      return ErrorCondition.UNDEFINED_CONDITION.error("");
    }
    XmlElement text = error.child(Namespaces.STANZA_ERRORS, "text");
    ErrorCondition given = OccupantErrors.condition(error);
    ErrorCondition condition = given == null ? ErrorCondition.UNDEFINED_CONDITION : given;
    return new StanzaError(
        OccupantErrors.type(error, condition), condition, text == null ? "" : line(text.text()));
  }

  private static String line(String text) {
    String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) : line;
  }

  private static @Nullable XmlElement parse(Stanza stanza) {
    try {
      return stanza.xml().parse(XmlLimits.INBOUND);
    } catch (XmlException e) {
      // Larger than a tree may be: not what we wait for.
      return null;
    }
  }
}
