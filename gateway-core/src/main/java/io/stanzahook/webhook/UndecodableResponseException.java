package io.stanzahook.webhook;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.stanzahook.exchange.Quoted;

/** An answer that is not an HTTP response. The message is for the log, and says what was wrong. */
final class UndecodableResponseException extends Exception {
  private static final long serialVersionUID = 1L;

  private UndecodableResponseException(String message, Throwable cause) {
    super(message, cause, false, false);
  }

  /** What a decoder's failure means. */
  static UndecodableResponseException of(Throwable cause) {
    if (cause instanceof TooLongHttpHeaderException) {
      return new UndecodableResponseException(
          "its headers have more than %d bytes".formatted(ResponseDecoding.MAX_RESPONSE_HEADERS),
          cause);
    }
    if (cause instanceof TooLongHttpLineException) {
      return new UndecodableResponseException(
          "its first line has more than %d bytes".formatted(ResponseDecoding.MAX_STATUS_LINE),
          cause);
    }
    String message = cause.getMessage();
    return new UndecodableResponseException(
        Quoted.of(
            message == null || message.isBlank() ? cause.getClass().getSimpleName() : message),
        cause);
  }
}
