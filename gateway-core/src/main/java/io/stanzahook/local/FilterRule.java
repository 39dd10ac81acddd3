package io.stanzahook.local;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule of {@link Filters}: its conditions, and what to do with stanzas that meet all of them.
 *
 * @param kinds the stanza's kind is one of these; empty for any
 * @param types its type is one of these; empty for any. A message without a type, or with one that
 *     is unknown, is {@code normal}; a presence without one is {@code available}.
 * @param hasBody whether it is a message with a body, or one without; null for any stanza
 * @param fromDomains its sender's domain is one of these, in any letter case; empty for any
 * @param posted whether matching stanzas go to the webhook
 */
public record FilterRule(
    Set<StanzaKind> kinds,
    Set<String> types,
    @Nullable Boolean hasBody,
    List<String> fromDomains,
    boolean posted) {

  /** The types of messages, of presence, and of iqs, as rules name them. */
  public static final Set<String> MESSAGE_TYPES =
      Set.of("normal", "chat", "groupchat", "headline", "error");

  public static final Set<String> PRESENCE_TYPES =
      Set.of(
          "available",
          "unavailable",
          "subscribe",
          "subscribed",
          "unsubscribe",
          "unsubscribed",
          "probe",
          "error");

  public static final Set<String> IQ_TYPES = Set.of("get", "set", "result", "error");

  public FilterRule {
    kinds = Set.copyOf(kinds);
    types = Set.copyOf(types);
    fromDomains = List.copyOf(fromDomains);
  }

  /** Whether the stanza meets all conditions of the rule. */
  boolean matches(Stanza stanza) {
    return (kinds.isEmpty() || kinds.contains(stanza.kind()))
        && (types.isEmpty() || types.contains(type(stanza)))
        && (hasBody == null
            || (stanza instanceof Message message && (message.body() != null) == hasBody))
        && (fromDomains.isEmpty() || isFrom(stanza));
  }

  private static String type(Stanza stanza) {
    String type = stanza.type();
    return switch (stanza.kind()) {
      case MESSAGE -> type == null || !MESSAGE_TYPES.contains(type) ? "normal" : type;
      case PRESENCE -> type == null ? "available" : type;
      case IQ -> type == null ? "" : type;
    };
  }

  private boolean isFrom(Stanza stanza) {
    // By index: an iterator for each stanza is garbage for nothing.
    for (int i = 0; i < fromDomains.size(); i++) {
      if (stanza.from().hasDomain(fromDomains.get(i))) {
        return true;
      }
    }
    return false;
  }
}
