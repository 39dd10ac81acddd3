package io.stanzahook.sandbox;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamCondition;

/**
 * Observes a {@link ComponentServer}. Calls come on the event loop of the component's connection,
 * must be quick and must not throw.
 */
public interface ComponentServerListener {
  /** A listener that does nothing. */
  ComponentServerListener NONE = new ComponentServerListener() {};

  /**
   * A component proved that it knows the secret, and waits for the acknowledgement: see {@link
   * ComponentServer#holdHandshakes}.
   */
  default void held(String domain) {}

  /** A component proved that it knows the secret: stanzas flow. */
  default void connected(String domain) {}

  /** A component sent a stanza to an address that is not a component of this server. */
  default void received(Stanza stanza) {}

  /** A component sent a stanza to a component, perhaps itself, and it was routed there. */
  default void looped(Stanza stanza) {}

  /**
   * A stream was ended by the server.
   *
   * @param detail what the component did wrong, in one line
   */
  default void refused(StreamCondition condition, String detail) {}

  /** The stream of a component that was connected is over. */
  default void disconnected(String domain) {}
}
