package io.stanzahook.app.sandbox;

import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.Map;

/** What happened to a stanza on its way, in the order seen. */
sealed interface Step {

  /** The server sent it to the gateway. */
  record StanzaIn(String xml) implements Step {}

  /** The gateway received it. */
  record Taken() implements Step {}

  /**
   * The gateway POSTed it.
   *
   * @param url where to, with the scheme
   * @param headers as they were sent, in order
   */
  record Posted(String method, String url, List<Map.Entry<String, String>> headers, String body)
      implements Step {}

  /**
   * The webhook answered.
   *
   * @param cut whether the body was longer; the rest is not shown
   * @param nanos since the request was sent
   */
  record Responded(
      int status,
      String reason,
      List<Map.Entry<String, String>> headers,
      String body,
      boolean cut,
      long nanos)
      implements Step {}

  /** The webhook did not answer, and why. */
  record Unanswered(String why, long nanos) implements Step {}

  /** A stanza came out of the gateway. */
  record ReplyOut(Stanza stanza) implements Step {}

  /** The gateway has written a stanza. Its {@link ReplyOut} comes before or after this. */
  record Written() implements Step {}

  /** The webhook chose not to reply. */
  record Silence(int status) implements Step {}

  /** The gateway refused to send the reply of the webhook. */
  record Dropped(String reason, String detail) implements Step {}

  /** The gateway refused the stanza. */
  record TurnedAway(String reason) implements Step {}

  /** The gateway called the webhook. */
  record Called() implements Step {}

  /** The delivery of the stanza with this id has ended. */
  record Settled(String id) implements Step {}
}
