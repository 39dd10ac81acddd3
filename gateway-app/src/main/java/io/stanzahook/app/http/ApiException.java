package io.stanzahook.app.http;

import io.stanzahook.stanza.StanzaError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Refuses a request, with the status and the text of the answer. */
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final Duration SOON = Duration.ofSeconds(1);

  /** About as long as a reconnect takes. */
  private static final Duration LATER = Duration.ofSeconds(5);

  private final int status;
  private final String type;
  private final String condition;
  private final @Nullable Duration retryAfter;
  private final @Nullable String elsewhere;

  private ApiException(
      int status, String type, String condition, String text, @Nullable Duration retryAfter) {
    this(status, type, condition, text, retryAfter, null);
  }

  private ApiException(
      int status,
      String type,
      String condition,
      String text,
      @Nullable Duration retryAfter,
      @Nullable String elsewhere) {
    super(text, null, false, false);
    this.elsewhere = elsewhere;
    this.status = status;
    this.type = type;
    this.condition = condition;
    this.retryAfter = retryAfter;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** As in stanza errors: auth, cancel, modify, wait. */
  public String type() {
    return type;
  }

  /** As in stanza or stream errors. */
  public String condition() {
    return condition;
  }

  /** The reason, for the caller. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /**
   * The component whose stream another node of the cluster may hold: nothing was done, and that
   * node could do it. Null for every other reason.
   */
  public @Nullable String elsewhere() {
    return elsewhere;
  }

  /** When the caller should try again, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  private static ApiException of(int status, String type, String condition, String text) {
    return new ApiException(status, type, condition, text, null);
  }

  public static ApiException unreadable(String text) {
    return of(400, "modify", "not-well-formed", text);
  }

  public static ApiException unusable(String text) {
    return of(422, "modify", "bad-format", text);
  }

  public static ApiException forbidden(String text) {
    return of(403, "auth", "not-authorized", text);
  }

  public static ApiException notFound(String text) {
    return of(404, "cancel", "item-not-found", text);
  }

  public static ApiException notAllowed(String text) {
    return of(405, "cancel", "not-allowed", text);
  }

  public static ApiException mediaType(String text) {
    return of(415, "cancel", "bad-format", text);
  }

  public static ApiException away(String text) {
    return new ApiException(503, "wait", "remote-server-timeout", text, LATER);
  }

  /** This node does not hold the stream of that component, which the request needs. */
  public static ApiException elsewhere(String domain) {
    return new ApiException(
        503,
        "wait",
        "remote-server-timeout",
        "no node of the cluster that can be reached holds the stream of " + domain + " now",
        LATER,
        domain);
  }

  public static ApiException busy(String text) {
    return new ApiException(503, "wait", "resource-constraint", text, SOON);
  }

  public static ApiException tooOften(String text) {
    return new ApiException(429, "wait", "policy-violation", text, SOON);
  }

  public static ApiException timeout(String text) {
    return of(504, "wait", "remote-server-timeout", text);
  }

  public static ApiException tooLarge(String text) {
    return of(413, "modify", "resource-constraint", text);
  }

  /** A server that this one depends on failed. */
  public static ApiException badGateway(String text) {
    return of(502, "wait", "undefined-condition", text);
  }

  /** With the type and the condition of a stanza's error. */
  public static ApiException ofStanza(int status, StanzaError error, String text) {
    return new ApiException(
        status,
        error.type().value(),
        error.condition().elementName(),
        text,
        status == 503 ? LATER : null);
  }

  /** The error for a status. */
  public static ApiException ofStatus(int status, String text) {
    return switch (status) {
      case 400 -> unreadable(text);
      case 401 -> of(401, "auth", "not-authorized", text);
      case 403 -> forbidden(text);
      case 413 -> tooLarge(text);
      case 429 -> tooOften(text);
      case 503 -> busy(text);
      default -> of(status, "cancel", "not-allowed", text);
    };
  }
}
