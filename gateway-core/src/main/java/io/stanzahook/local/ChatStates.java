package io.stanzahook.local;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlSize;
import java.util.ArrayList;
import java.util.List;

/**
 * Chat states (XEP-0085) to those who speak them: only an answer to a message that carries one may
 * (5.1), and then each message with content says at least that its sender is active.
 */
public final class ChatStates {
  /** An answer is being written. */
  public static final String COMPOSING = "composing";

  /** It is not any more. */
  public static final String PAUSED = "paused";

  private static final String ACTIVE = "active";

  /** To a larger reply nothing is added: past 512 KiB servers close the stream. */
  public static final int MAX_BYTES = 511 * 1024;

  private ChatStates() {}

  /** Whether the message has content, and its sender speaks chat states. */
  public static boolean areSpokenIn(Stanza stanza) {
    if (!(stanza instanceof Message message)
        || message.body() == null
        || !OwnMessage.mayAnswer(message)) {
      return false;
    }
    List<PayloadName> payloads = message.payloads();
    for (int i = 0; i < payloads.size(); i++) {
      if (payloads.get(i).namespace().equals(Namespaces.CHAT_STATES)) {
        return true;
      }
    }
    return false;
  }

  /** One that stands alone: it holds nothing but the state, and the thread (5.3, 5.5). */
  public static OutboundStanza alone(Stanza stanza, String state) {
    Message message = (Message) stanza;
    return OutboundStanza.of(
        OwnMessage.to(message)
            .child(XmlElement.empty(Namespaces.CHAT_STATES, state))
            .textChild(Namespaces.COMPONENT, "thread", message.thread())
            .build());
  }

  /**
   * The replies to a message, those with content saying that their sender is active.
   *
   * @param composing whether the sender was told that an answer is being written: then they hear
   *     that it is not any more
   */
  public static List<OutboundStanza> in(
      List<OutboundStanza> replies, Stanza stanza, boolean composing) {
    List<OutboundStanza> all = new ArrayList<>(replies.size() + 1);
    boolean told = false;
    for (OutboundStanza reply : replies) {
      OutboundStanza complete = goesBack(reply, stanza) ? withState(reply) : reply;
      told |= goesBack(complete, stanza) && hasState(complete);
      all.add(complete);
    }
    if (composing && !told) {
      all.add(alone(stanza, PAUSED));
    }
    return all;
  }

  private static boolean goesBack(OutboundStanza reply, Stanza stanza) {
    String type = reply.type();
    return reply.kind() == StanzaKind.MESSAGE
        && !"error".equals(type)
        && !"groupchat".equals(type)
        && reply.to().bare().isSame(stanza.from().bare());
  }

  private static OutboundStanza withState(OutboundStanza reply) {
    XmlElement element = reply.element();
    if (element.child(Namespaces.COMPONENT, "body") == null
        || hasState(reply)
        || XmlSize.exceeds(element, Namespaces.COMPONENT, MAX_BYTES)) {
      return reply;
    }
    return OutboundStanza.of(
        element.toBuilder().child(XmlElement.empty(Namespaces.CHAT_STATES, ACTIVE)).build());
  }

  private static boolean hasState(OutboundStanza reply) {
    return reply.element().elements().stream()
        .anyMatch(child -> child.namespace().equals(Namespaces.CHAT_STATES));
  }
}
