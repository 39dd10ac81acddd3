package io.stanzahook.app.send;

import io.stanzahook.app.http.ApiException;
import io.stanzahook.exchange.RefusedStanzaException;
import io.stanzahook.query.QueryFailedException;
import io.stanzahook.rooms.RoomFailedException;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stream.NotSentException;
import io.stanzahook.xml.XmlElement;
import java.util.List;

/** What went wrong with a stanza, as an answer to the request that sends it. */
public final class StanzaErrors {
  private StanzaErrors() {}

  /** Why a stanza is refused. */
  static ApiException of(RefusedStanzaException e) {
    String text = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case TOO_LARGE -> ApiException.tooLarge(text);
      case FOREIGN_FROM -> ApiException.forbidden(text);
      default -> ApiException.unusable(text);
    };
  }

  /** Why a stanza was not written. */
  static ApiException of(NotSentException e) {
    return ApiException.away(String.valueOf(e.getMessage()));
  }

  /** Why an iq has no answer. */
  static ApiException of(QueryFailedException e) {
    String text = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case TOO_MANY -> ApiException.busy(text);
      case TIMEOUT -> ApiException.timeout(text);
      case STREAM_LOST -> ApiException.away(text);
      case TOO_LARGE -> ApiException.tooLarge(text);
    };
  }

  /** Why a message does not reach its room. */
  static ApiException of(RoomFailedException e) {
    String text = String.valueOf(e.getMessage());
    StanzaError error = e.error();
    return switch (e.reason()) {
      case TOO_MANY, PUT_OUT -> ApiException.busy(text);
      case STREAM_LOST -> ApiException.away(text);
      case TIMEOUT -> ApiException.timeout(text);
      case REFUSED ->
          error == null
              ? ApiException.unusable(text)
              : ApiException.ofStanza(status(error), error, text);
    };
  }

  /** What a service of the server answered with an error. */
  public static ApiException refused(String what, XmlElement iq) {
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
    StanzaError whole = new StanzaError(type, condition, text);
    return tooLarge
        ? ApiException.tooLarge(said)
        : ApiException.ofStanza(status(whole), whole, said);
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
}
