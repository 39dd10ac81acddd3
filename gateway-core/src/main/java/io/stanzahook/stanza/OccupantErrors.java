package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Errors to occupants of chat rooms. A room service takes some conditions for the last words of a
 * client that has gone, and removes whoever sends one (XEP-0045, 9.2 and status 333): so they are
 * told in other words, of the same type and with the same text.
 */
public final class OccupantErrors {
  /** What Prosody, ejabberd, MongooseIM or Openfire remove the sender of an error for. */
  private static final Set<ErrorCondition> HARMFUL =
      Set.of(
          ErrorCondition.GONE,
          ErrorCondition.INTERNAL_SERVER_ERROR,
          ErrorCondition.ITEM_NOT_FOUND,
          ErrorCondition.JID_MALFORMED,
          ErrorCondition.RECIPIENT_UNAVAILABLE,
          ErrorCondition.REDIRECT,
          ErrorCondition.REMOTE_SERVER_NOT_FOUND,
          ErrorCondition.REMOTE_SERVER_TIMEOUT,
          ErrorCondition.SERVICE_UNAVAILABLE);

  private OccupantErrors() {}

  /** The error as an occupant may be told it, in answer to a stanza of that kind. */
  public static StanzaError harmless(StanzaKind kind, StanzaError error) {
    if (!HARMFUL.contains(error.condition())) {
      return error;
    }
    if (error.type() == ErrorType.WAIT) {
      return new StanzaError(ErrorType.WAIT, ErrorCondition.RESOURCE_CONSTRAINT, error.text());
    }
    return kind == StanzaKind.IQ && error.condition() == ErrorCondition.SERVICE_UNAVAILABLE
        ? new StanzaError(ErrorType.CANCEL, ErrorCondition.FEATURE_NOT_IMPLEMENTED, error.text())
        : new StanzaError(error.type(), ErrorCondition.UNDEFINED_CONDITION, error.text());
  }

  /**
   * A stanza of type error as an occupant may get it: the same where it does no harm. Everything
   * else in it stays. One without an error, or without a condition, does harm too.
   */
  public static OutboundStanza harmless(OutboundStanza stanza) {
    XmlElement error = stanza.element().child(Namespaces.COMPONENT, "error");
    ErrorCondition condition = error == null ? null : condition(error);
    if (condition != null && !HARMFUL.contains(condition)) {
      return stanza;
    }
    XmlElement.Builder told = XmlElement.builder(Namespaces.COMPONENT, stanza.kind().elementName());
    stanza.element().attributes().forEach(a -> told.attribute(a.namespace(), a.name(), a.value()));
    for (XmlNode child : stanza.element().children()) {
      if (child != error) {
        told.node(child);
      }
    }
    return OutboundStanza.of(told.child(harmless(stanza.kind(), error, condition)).build());
  }

  private static XmlElement harmless(
      StanzaKind kind, @Nullable XmlElement error, @Nullable ErrorCondition condition) {
    ErrorCondition given = condition == null ? ErrorCondition.UNDEFINED_CONDITION : condition;
    XmlElement text = error == null ? null : error.child(Namespaces.STANZA_ERRORS, "text");
    return harmless(
            kind, new StanzaError(type(error, given), given, text == null ? "" : text.text()))
        .toElement();
  }

  /** The defined condition of an {@code <error>}; null where it has none. */
  public static @Nullable ErrorCondition condition(XmlElement error) {
    for (ErrorCondition condition : ErrorCondition.values()) {
      if (error.child(Namespaces.STANZA_ERRORS, condition.elementName()) != null) {
        return condition;
      }
    }
    return null;
  }

  /** The type of an {@code <error>}, or the condition's usual one. */
  public static ErrorType type(@Nullable XmlElement error, ErrorCondition condition) {
    String value = error == null ? null : error.attribute("type");
    for (ErrorType type : ErrorType.values()) {
      if (type.value().equals(value)) {
        return type;
      }
    }
    return condition.defaultType();
  }
}
