package io.stanzahook.local;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
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
 * @param payloads it has a direct child of one of these namespaces; empty for any
 * @param nodes one of its payloads, or a child of one, has one of these as its node; empty for any
 * @param chatStates it is a message without a body that has one of these chat states; the empty set
 *     for a stanza that is none; null for any
 * @param inRoom whether it came from a chat room; null for any
 * @param action what is done with stanzas that match
 */
public record FilterRule(
    Set<StanzaKind> kinds,
    Set<String> types,
    @Nullable Boolean hasBody,
    List<String> fromDomains,
    Set<String> payloads,
    Set<String> nodes,
    @Nullable Set<String> chatStates,
    @Nullable Boolean inRoom,
    Action action) {

  /** What is done with stanzas that match a rule. */
  public enum Action {
    /** They go to the webhook. */
    POST,
    /** They do not. */
    DROP,
    /** They do not: the gateway answers them as if their kind were not posted. */
    LOCAL
  }

  /** The states of XEP-0085. */
  public static final Set<String> CHAT_STATES =
      Set.of("active", "composing", "paused", "inactive", "gone");

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
    payloads = Set.copyOf(payloads);
    nodes = Set.copyOf(nodes);
    chatStates = chatStates == null ? null : Set.copyOf(chatStates);
  }

  /** A rule without conditions on payloads, chat states and rooms. */
  public FilterRule(
      Set<StanzaKind> kinds,
      Set<String> types,
      @Nullable Boolean hasBody,
      List<String> fromDomains,
      boolean posted) {
    this(
        kinds,
        types,
        hasBody,
        fromDomains,
        Set.of(),
        Set.of(),
        null,
        null,
        posted ? Action.POST : Action.DROP);
  }

  /** Whether the stanza meets all conditions of the rule. */
  boolean matches(Stanza stanza) {
    return (kinds.isEmpty() || kinds.contains(stanza.kind()))
        && (types.isEmpty() || types.contains(type(stanza)))
        && (hasBody == null
            || (stanza instanceof Message message && (message.body() != null) == hasBody))
        && (fromDomains.isEmpty() || isFrom(stanza))
        && (payloads.isEmpty() || hasPayload(stanza))
        && (chatStates == null || hasChatState(stanza, chatStates))
        && (inRoom == null || isOfRoom(stanza) == inRoom)
        // Last, because it reads the stanza's tree.
        && (nodes.isEmpty() || hasNode(stanza));
  }

  private boolean hasPayload(Stanza stanza) {
    List<PayloadName> all = stanza.payloads();
    for (int i = 0; i < all.size(); i++) {
      if (payloads.contains(all.get(i).namespace())) {
        return true;
      }
    }
    return false;
  }

  /** A message with a body says more than its chat state. */
  private static boolean hasChatState(Stanza stanza, Set<String> wanted) {
    String state = null;
    if (stanza instanceof Message message && message.body() == null) {
      List<PayloadName> all = stanza.payloads();
      for (int i = 0; i < all.size() && state == null; i++) {
        PayloadName payload = all.get(i);
        if (payload.namespace().equals(Namespaces.CHAT_STATES)
            && CHAT_STATES.contains(payload.name())) {
          state = payload.name();
        }
      }
    }
    return state == null ? wanted.isEmpty() : wanted.contains(state);
  }

  private static boolean isOfRoom(Stanza stanza) {
    return stanza instanceof Message message
        ? message.isGroupchat() || message.room() != null
        : stanza.hasPayload(Namespaces.MUC_USER, "x");
  }

  private boolean hasNode(Stanza stanza) {
    if (stanza.payloads().isEmpty()) {
      return false;
    }
    try {
      for (XmlElement payload : stanza.xml().parse(XmlLimits.INBOUND).elements()) {
        if (isNode(payload) || payload.elements().stream().anyMatch(this::isNode)) {
          return true;
        }
      }
    } catch (XmlException e) {
      // Larger than a tree may be: it has no node that anybody meant.
    }
    return false;
  }

  private boolean isNode(XmlElement element) {
    String node = element.attribute("node");
    return node != null && nodes.contains(node);
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
