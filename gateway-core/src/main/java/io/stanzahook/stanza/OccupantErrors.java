package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Errors to occupants of chat rooms. A room service takes some conditions as a sign that a client
 * has gone, and removes the sender (XEP-0045, 9.2 and status 333). So occupants get another
 * condition, with the same type and text.
 */
public final class OccupantErrors {
  /** The conditions for which Prosody, ejabberd, MongooseIM or Openfire remove the sender. */
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

  /** The error that an occupant may get in answer to a stanza of that kind. */
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
   * The stanza of type error that an occupant may get: the same one if it does no harm. Everything
   * else in it stays. A stanza without an error, or without a condition, does harm too.
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

  /** The defined condition of an {@code <error>}; null if it has none. */
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
