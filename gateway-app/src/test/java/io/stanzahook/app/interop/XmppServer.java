package io.stanzahook.app.interop;

import java.time.Duration;

/**
 * A real XMPP server on loopback with the host {@value #HOST}, rooms at {@value #ROOMS} and two
 * external components. Its data live in a folder of its own.
 */
interface XmppServer extends Fixture {
  String HOST = "localhost";
  String ROOMS = "rooms.localhost";
  String COMPONENT = "bot.localhost";
  String OTHER_COMPONENT = "other.localhost";

  /** Both components' secret: characters that a careless handshake gets wrong. */
  String SECRET = "p\u00e4ss & <w\u00f6rd>";

  String PASSWORD = "pw";

  /** How long a server may take to start on a busy machine. */
  Duration START_LIMIT = Patience.LONG;

  /** How long it may take to end. */
  Duration STOP_LIMIT = Patience.LONG;

  /** Where clients connect. */
  int clientPort();

  /** Where components connect. */
  int componentPort();

  /** Starts it, again after {@link #stop} or {@link #kill}, with the same ports and data. */
  void start();

  /** Ends it as its service manager would. */
  void stop();

  /** Ends it without a chance to say anything. */
  void kill();

  /** Makes an account with the password {@value #PASSWORD}. */
  void register(String user);

  /** Whether a client is sent its own presence, too (RFC 6121, 4.2.2). */
  default boolean sendsOwnPresence() {
    return true;
  }

  /** Stops and starts it. */
  default void restart() {
    stop();
    start();
  }
}
