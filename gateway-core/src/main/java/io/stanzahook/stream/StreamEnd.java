package io.stanzahook.stream;

import io.stanzahook.net.SocketErrors;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamCondition.Cause;

/**
 * How a connection, or the attempt at one, ended; the reason to reconnect, so an exception without
 * a stack.
 */
final class StreamEnd extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final Cause cause;
  private final String advice;
  private final ServerKind server;

  private StreamEnd(String reason, Cause cause, String message) {
    this(reason, cause, message, "");
  }

  private StreamEnd(String reason, Cause cause, String message, String advice) {
    this(reason, cause, message, advice, ServerKind.UNKNOWN);
  }

  private StreamEnd(String reason, Cause cause, String message, String advice, ServerKind server) {
    super(message, null, false, false);
    this.reason = reason;
    this.cause = cause;
    this.advice = advice;
    this.server = server;
  }

  /** This one, and what can be done about it: what its reason alone does not say. */
  StreamEnd advised(String newAdvice) {
    return new StreamEnd(reason, cause, detail(), newAdvice, server);
  }

  /** This one, at that server. */
  StreamEnd at(ServerKind kind) {
    return new StreamEnd(reason, cause, detail(), advice, kind);
  }

  /** The server's stream error. */
  static StreamEnd error(StreamCondition condition, String name, String message) {
    boolean known = condition.elementName().equals(name);
    return new StreamEnd(
        known ? name : StreamCondition.UNDEFINED_CONDITION.elementName(),
        condition.cause(),
        message);
  }

  /** The server sent what no stream may hold. */
  static StreamEnd violation(StreamCondition condition, String message) {
    return new StreamEnd(
        "server_" + condition.elementName(),
        condition == StreamCondition.INVALID_NAMESPACE ? Cause.CONFIGURATION : Cause.TRANSIENT,
        message);
  }

  /** No connection came about. */
  static StreamEnd notConnected(String message) {
    return new StreamEnd("connect", Cause.TRANSIENT, message);
  }

  /** TLS with the server did not come about; certificates are renewed, so this may pass. */
  static StreamEnd tls(String message, String advice) {
    return new StreamEnd("tls", Cause.TRANSIENT, message, advice);
  }

  /** The server closed, with or without an end tag. */
  static StreamEnd closed(String message) {
    return new StreamEnd("closed", Cause.TRANSIENT, message);
  }

  /** The server closed after a start tag without an id: it will not have the component. */
  static StreamEnd withoutId(String message) {
    return new StreamEnd("no_id", Cause.TRANSIENT, message);
  }

  /** This one, taken for a fault of the configuration. */
  StreamEnd misconfigured() {
    return new StreamEnd(reason, Cause.CONFIGURATION, detail(), advice, server);
  }

  /** The server did not answer the start tag or the handshake in time. */
  static StreamEnd openTimeout(String message) {
    return new StreamEnd("timeout", Cause.TRANSIENT, message);
  }

  /** The server was silent for too long. */
  static StreamEnd pingTimeout(String message) {
    return new StreamEnd("ping_timeout", Cause.TRANSIENT, message);
  }

  /** The connection broke. */
  static StreamEnd broken(Throwable error) {
    return error instanceof StreamEnd end
        ? end
        : new StreamEnd("io", Cause.TRANSIENT, "the connection broke: " + describe(error));
  }

  /** An exception's message with its kind, for those whose message alone says little. */
  static String describe(Throwable error) {
    return SocketErrors.text(error);
  }

  /** Fit for a metric's label. */
  String reason() {
    return reason;
  }

  /** Where the fault lies. */
  Cause fault() {
    return cause;
  }

  /** What can be done about this one beyond what can be about its reason, or the empty string. */
  String advice() {
    return advice;
  }

  /** The server that ended it, or that was left. */
  ServerKind server() {
    return server;
  }

  /** What happened, in one line. */
  String detail() {
    return String.valueOf(getMessage());
  }
}
