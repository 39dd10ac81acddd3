package io.stanzahook.app.console;

import java.util.List;
import reactor.core.publisher.Mono;

/** What users of a sandbox say to the bot, and what it says to them. Any thread may call. */
public interface Chat {
  /** The last lines that are kept. */
  int MAX_LINES = 200;

  /** What somebody is to say. */
  record Saying(String user, Kind kind, String room, String text) {}

  /** How it is said. */
  enum Kind {
    /** A chat message with that text. */
    TEXT,
    /** The user is typing. */
    TYPING,
    /** The user has read the bot's last message to them. */
    READ,
    /** A message in a chat room, which comes from there. */
    ROOM,
    /** An iq of type get with that element. */
    IQ,
    /** The stanza itself; what it does not have of addresses and id is filled in. */
    XML
  }

  /**
   * A stanza of the conversation.
   *
   * @param at in milliseconds since 1970
   * @param bot whether it came from the bot's side
   * @param text of a message; else empty
   * @param what it is, where there is no text, in a few words
   * @param webhookId of its delivery; empty where there is none
   */
  record Line(
      long number,
      long at,
      boolean bot,
      String from,
      String to,
      boolean error,
      String text,
      String what,
      String xml,
      String webhookId) {}

  /** Grows with each change. */
  long revision();

  /** All that are kept, the oldest first. */
  List<Line> lines();

  /** The webhook's address; of several, with commas between them. */
  String webhook();

  /** Whether this is an echo of the sandbox. */
  boolean isEcho();

  /**
   * Calls another webhook from now on.
   *
   * @param url empty for the one of the start
   * @return its address
   * @throws IllegalArgumentException saying why it cannot be called
   */
  String useWebhook(String url);

  /**
   * Says something, once subscribed to.
   *
   * @throws IllegalArgumentException saying why it cannot be said
   */
  Mono<Void> say(Saying saying);
}
