package io.stanzahook.app.console;

/**
 * Told what webhook calls are on the wire, where something stands there to see it. Calls come on
 * event loops.
 */
public interface WireListener {
  /** A listener that does nothing. */
  WireListener NONE = new WireListener() {};

  /**
   * A request was sent.
   *
   * @param attempt 1 for the first
   */
  default void requested(String webhookId, int attempt, SeenMessage request) {}

  /** Its response came. */
  default void responded(String webhookId, int attempt, SeenMessage response) {}

  /** None came, and none will. */
  default void unanswered(String webhookId, int attempt, String problem) {}
}
