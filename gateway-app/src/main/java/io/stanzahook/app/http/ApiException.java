package io.stanzahook.app.http;

import io.stanzahook.exchange.RefusedStanzaException;
import io.stanzahook.rooms.RoomFailedException;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses a request, with the status and the text of the answer. */
final class ApiException extends Exception {
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
  int status() {
    return status;
  }

  /** As in stanza errors: auth, cancel, modify, wait. */
  String type() {
    return type;
  }

  /** As in stanza or stream errors. */
  String condition() {
    return condition;
  }

  /** The reason, for the caller. */
  String text() {
    return String.valueOf(getMessage());
  }

  /**
   * The component whose stream another node of the cluster may hold: nothing was done, and that
   * node could do it. Null for every other reason.
   */
  @Nullable String elsewhere() {
    return elsewhere;
  }

  /** When the caller should try again, or null. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  private static ApiException of(int status, String type, String condition, String text) {
    return new ApiException(status, type, condition, text, null);
  }

  static ApiException unreadable(String text) {
    return of(400, "modify", "not-well-formed", text);
  }

  static ApiException unusable(String text) {
    return of(422, "modify", "bad-format", text);
  }

  static ApiException forbidden(String text) {
    return of(403, "auth", "not-authorized", text);
  }

  static ApiException notFound(String text) {
    return of(404, "cancel", "item-not-found", text);
  }

  static ApiException notAllowed(String text) {
    return of(405, "cancel", "not-allowed", text);
  }

  static ApiException mediaType(String text) {
    return of(415, "cancel", "bad-format", text);
  }

  static ApiException away(String text) {
    return new ApiException(503, "wait", "remote-server-timeout", text, LATER);
  }

  /** This node does not hold the stream of that component, which the request needs. */
  static ApiException elsewhere(String domain) {
    return new ApiException(
        503,
        "wait",
        "remote-server-timeout",
        "no node of the cluster that can be reached holds the stream of " + domain + " now",
        LATER,
        domain);
  }

  static ApiException busy(String text) {
    return new ApiException(503, "wait", "resource-constraint", text, SOON);
  }

  static ApiException tooOften(String text) {
    return new ApiException(429, "wait", "policy-violation", text, SOON);
  }

  static ApiException timeout(String text) {
    return of(504, "wait", "remote-server-timeout", text);
  }

  static ApiException tooLarge(String text) {
    return of(413, "modify", "resource-constraint", text);
  }

  /** Why a stanza is refused. */
  static ApiException of(RefusedStanzaException e) {
    String text = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case TOO_LARGE -> tooLarge(text);
      case FOREIGN_FROM -> forbidden(text);
      default -> unusable(text);
    };
  }

  /** Why a message does not reach its room. */
  static ApiException of(RoomFailedException e) {
    String text = String.valueOf(e.getMessage());
    StanzaError error = e.error();
    return switch (e.reason()) {
      case TOO_MANY -> busy(text);
      case STREAM_LOST -> away(text);
      case TIMEOUT -> timeout(text);
      case PUT_OUT -> busy(text);
      case REFUSED -> error == null ? unusable(text) : refused(text, error);
    };
  }

  /** What a service of the server answered with an error. */
  static ApiException refused(String what, XmlElement iq) {
    ErrorCondition condition = ErrorCondition.UNDEFINED_CONDITION;
    ErrorType type = ErrorType.CANCEL;
    String text = "";
    XmlElement error = null;
    boolean tooLarge = false;
    for (XmlElement child : iq.elements()) {
      error = child.name().equals("error") ? child : error;
    }
    for (XmlElement child : error == null ? List.<XmlElement>of() : error.elements()) {
      tooLarge |= child.name().equals("file-too-large");
      if (child.is(Namespaces.STANZA_ERRORS, "text")) {
        text = child.text();
      }
      for (ErrorCondition each : ErrorCondition.values()) {
        if (child.is(Namespaces.STANZA_ERRORS, each.elementName())) {
          condition = each;
        }
      }
    }
    for (ErrorType each : ErrorType.values()) {
      if (error != null && each.value().equals(error.attribute("type"))) {
        type = each;
      }
    }
    String said = what + ": " + condition.elementName() + (text.isEmpty() ? "" : ", " + text);
    return tooLarge ? tooLarge(said) : refused(said, new StanzaError(type, condition, text));
  }

  /** A server behind this one did not do what it should. */
  static ApiException badGateway(String text) {
    return of(502, "wait", "undefined-condition", text);
  }

  private static ApiException refused(String text, StanzaError error) {
    int status = status(error);
    return new ApiException(
        status,
        error.type().value(),
        error.condition().elementName(),
        text,
        status == 503 ? LATER : null);
  }

  /** Never 401: that is about the caller's credentials. */
  private static int status(StanzaError error) {
    return switch (error.condition()) {
      case FORBIDDEN, NOT_ALLOWED, NOT_AUTHORIZED, REGISTRATION_REQUIRED -> 403;
      case ITEM_NOT_FOUND, GONE, REMOTE_SERVER_NOT_FOUND -> 404;
      // Somebody else has the nick, for now or for good.
      case CONFLICT, NOT_ACCEPTABLE -> 409;
      case REMOTE_SERVER_TIMEOUT -> 504;
      // A full room answers with type wait. An address that is not a room does not.
      case SERVICE_UNAVAILABLE -> error.type() == ErrorType.WAIT ? 503 : 404;
      default -> error.type() == ErrorType.WAIT ? 503 : 422;
    };
  }

  /** The error for a status. */
  static ApiException ofStatus(int status, String text) {
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
