package io.stanzahook.app.console;

/** Receives the HTTP messages of webhook calls, if they are recorded. Called on event loops. */
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

  /** No response came, and none will. */
  default void unanswered(String webhookId, int attempt, String problem) {}
}
