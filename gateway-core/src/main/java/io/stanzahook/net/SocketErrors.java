package io.stanzahook.net;

import java.util.regex.Pattern;

/** What is wrong with a connection, in words for people. */
public final class SocketErrors {
  /**
   * What Netty's native transports put in front of the system's own words: the call that failed,
   * and its number. {@code io_uring connect(..) failed with error(-111): Connection refused}.
   */
  private static final Pattern CALL =
      Pattern.compile(
          "^(?:syscall:|io_uring )?\\w+\\(\\.*\\) failed(?: with error\\(-?\\d+\\))?: ");

  private SocketErrors() {}

  /** The message without the names of calls; the kind of the error if it has no message. */
  public static String text(Throwable error) {
    String message = error.getMessage();
    return message == null || message.isBlank()
        ? error.getClass().getSimpleName()
        : CALL.matcher(message).replaceFirst("");
  }
}
