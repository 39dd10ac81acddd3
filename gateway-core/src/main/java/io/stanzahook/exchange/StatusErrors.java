package io.stanzahook.exchange;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.StanzaError;

/**
 * What the sender of a stanza is told if the webhook could not be called, or refused the stanza: a
 * table of HTTP statuses and stanza errors. The texts name neither the webhook nor what it said,
 * because any user reads them.
 */
public final class StatusErrors {
  /** The name of the webhook's host is unknown. */
  public static final StanzaError NAME_NOT_FOUND =
      error(
          ErrorType.CANCEL,
          ErrorCondition.REMOTE_SERVER_NOT_FOUND,
          "The service behind this address cannot be found.");

  /** The webhook's certificate is not trusted. */
  public static final StanzaError CERTIFICATE =
      error(
          ErrorType.CANCEL,
          ErrorCondition.REMOTE_SERVER_TIMEOUT,
          "The service behind this address cannot be trusted.");

  /** No connection to the webhook, or one that broke. */
  public static final StanzaError UNREACHABLE =
      error(
          ErrorType.WAIT,
          ErrorCondition.REMOTE_SERVER_TIMEOUT,
          "The service behind this address cannot be reached.");

  /** No whole response in time. */
  public static final StanzaError TIMEOUT =
      error(
          ErrorType.WAIT,
          ErrorCondition.REMOTE_SERVER_TIMEOUT,
          "The service behind this address did not answer in time.");

  /** An answer that is not HTTP. */
  public static final StanzaError UNDECODABLE =
      error(
          ErrorType.CANCEL,
          ErrorCondition.INTERNAL_SERVER_ERROR,
          "The service behind this address gave an answer that cannot be used.");

  /** Too many calls wait for a connection. */
  public static final StanzaError BUSY =
      error(
          ErrorType.WAIT,
          ErrorCondition.RESOURCE_CONSTRAINT,
          "The service behind this address is busy.");

  private StatusErrors() {}

  /** The error for a status that is not a success. */
  public static StanzaError of(int status) {
    return switch (status) {
      case 400, 411, 416, 422 ->
          error(
              ErrorType.MODIFY,
              ErrorCondition.BAD_REQUEST,
              "The service behind this address could not make sense of this.");
      case 401, 511 ->
          error(
              ErrorType.AUTH,
              ErrorCondition.NOT_AUTHORIZED,
              "The service behind this address demands credentials.");
      case 402, 403, 451 ->
          error(
              ErrorType.AUTH,
              ErrorCondition.FORBIDDEN,
              "The service behind this address does not allow this.");
      case 404 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.ITEM_NOT_FOUND,
              "The service behind this address does not know this.");
      case 405 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.NOT_ALLOWED,
              "The service behind this address does not allow this to anybody.");
      case 406 ->
          error(
              ErrorType.MODIFY,
              ErrorCondition.NOT_ACCEPTABLE,
              "The service behind this address does not accept this.");
      case 407 ->
          error(
              ErrorType.AUTH,
              ErrorCondition.REGISTRATION_REQUIRED,
              "The service behind this address demands registration.");
      case 408, 504 -> TIMEOUT;
      case 502, 503 -> UNREACHABLE;
      case 409, 412 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.CONFLICT,
              "This is in conflict with what the service behind this address has.");
      case 410 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.GONE,
              "The service behind this address is here no more.");
      case 413, 414, 431 ->
          error(
              ErrorType.MODIFY,
              ErrorCondition.RESOURCE_CONSTRAINT,
              "This is too large for the service behind this address.");
      case 415, 501 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.FEATURE_NOT_IMPLEMENTED,
              "The service behind this address cannot do this.");
      case 423, 429, 507 -> BUSY;
      case 500 ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.INTERNAL_SERVER_ERROR,
              "The service behind this address failed.");
      default ->
          error(
              ErrorType.CANCEL,
              ErrorCondition.SERVICE_UNAVAILABLE,
              "The service behind this address is not available.");
    };
  }

  private static StanzaError error(ErrorType type, ErrorCondition condition, String text) {
    return new StanzaError(type, condition, text);
  }
}
