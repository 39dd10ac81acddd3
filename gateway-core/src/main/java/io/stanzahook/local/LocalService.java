package io.stanzahook.local;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers stanzas without the webhook. */
public interface LocalService {
  /**
   * The answers to a stanza, in the order to send them; an empty list for no answer; null if the
   * service does not handle this stanza.
   */
  @Nullable List<OutboundStanza> answer(Stanza stanza);

  /**
   * The answers of a gateway that posts nothing: for a stanza that is posted otherwise, but that
   * the webhook leaves to us. An iq request gets exactly one.
   */
  default List<OutboundStanza> answerInstead(Stanza stanza) {
    List<OutboundStanza> answers = answer(stanza);
    return answers == null ? List.of() : answers;
  }

  /** What our own presence is to carry: capabilities, name, picture. */
  default List<XmlElement> presence() {
    return List.of();
  }

  /** The stanza to process: the execution of a command that the webhook is to get says so. */
  default Stanza admit(Stanza stanza) {
    return stanza;
  }

  /** Looks at what is sent. */
  default void leaving(List<OutboundStanza> stanzas) {}
}
