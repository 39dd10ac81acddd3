package io.stanzahook.app.http;

import io.stanzahook.webhook.RefusedStanzaException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why the send API refuses a request.
 *
 * @param status HTTP's
 * @param type as in stanza errors: auth, cancel, modify, wait
 * @param condition as in stanza or stream errors
 * @param retryAfter when to come back, or null
 */
record ApiError(
    int status, String type, String condition, String text, @Nullable Duration retryAfter) {
  private static final Duration SOON = Duration.ofSeconds(1);

  /** About as long as a reconnect takes. */
  private static final Duration LATER = Duration.ofSeconds(5);

  private static ApiError of(int status, String type, String condition, String text) {
    return new ApiError(status, type, condition, text, null);
  }

  static ApiError unreadable(String text) {
    return of(400, "modify", "not-well-formed", text);
  }

  static ApiError unusable(String text) {
    return of(422, "modify", "bad-format", text);
  }

  static ApiError forbidden(String text) {
    return of(403, "auth", "not-authorized", text);
  }

  static ApiError notFound(String text) {
    return of(404, "cancel", "item-not-found", text);
  }

  static ApiError mediaType(String text) {
    return of(415, "cancel", "bad-format", text);
  }

  static ApiError away(String text) {
    return new ApiError(503, "wait", "remote-server-timeout", text, LATER);
  }

  static ApiError busy(String text) {
    return new ApiError(503, "wait", "resource-constraint", text, SOON);
  }

  static ApiError tooOften(String text) {
    return new ApiError(429, "wait", "policy-violation", text, SOON);
  }

  static ApiError timeout(String text) {
    return of(504, "wait", "remote-server-timeout", text);
  }

  static ApiError tooLarge(String text) {
    return of(413, "modify", "resource-constraint", text);
  }

  /** What a stanza is refused for. */
  static ApiError of(RefusedStanzaException e) {
    String text = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case TOO_LARGE -> tooLarge(text);
      case FOREIGN_FROM -> forbidden(text);
      default -> unusable(text);
    };
  }

  /** What a status alone stands for. */
  static ApiError ofStatus(int status, String text) {
    return switch (status) {
      case 400 -> unreadable(text);
      case 401 -> of(401, "auth", "not-authorized", text);
      case 403 -> forbidden(text);
      case 413 -> tooLarge(text);
      default -> of(status, "cancel", "not-allowed", text);
    };
  }
}
