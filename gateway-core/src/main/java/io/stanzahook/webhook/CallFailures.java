package io.stanzahook.webhook;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.webhook.WebhookResult.Failed;
import io.stanzahook.webhook.WebhookResult.Outcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Names what kept a call from getting a whole response. */
final class CallFailures {
  private final String target;

  /**
   * Failures of calls to one webhook.
   *
   * @param target scheme, host and port, for the log
   */
  CallFailures(String target) {
    this.target = target;
  }

  /** A status that is no success, with the beginning of the response's body. */
  Failed status(int status, @Nullable Duration retryAfter, String response) {
    return new Failed(
        Outcome.ANSWERED,
        status,
        StatusErrors.of(status),
        target + " answered with status " + status,
        retryAfter,
        response);
  }

  /** The time for the attempt is up. */
  Failed timeout(Progress progress, int status, Duration timeout) {
    String what =
        switch (progress) {
          case CONNECTING -> "no connection to " + target;
          case SENDING -> "the request was not sent to " + target;
          case SENT -> (status == 0 ? "no response from " : "no whole response from ") + target;
        };
    return failed(
        progress, status, StatusErrors.TIMEOUT, what + " within " + timeout.toMillis() + " ms");
  }

  /** Whatever the client reports. */
  Failed of(Throwable failure, Progress progress, int status) {
    if (failure instanceof UndecodableResponseException) {
      return new Failed(
          Outcome.UNDECODABLE,
          status,
          StatusErrors.UNDECODABLE,
          "%s answered, but not with HTTP that can be read: %s. It has processed the request, which is"
                  .formatted(target, failure.getMessage())
              + " not made again; see what it writes",
          null);
    }
    if (failure instanceof SpokenProtocol.OtherProtocolException) {
      return failed(
          Progress.CONNECTING,
          status,
          StatusErrors.UNREACHABLE,
          "%s does not speak HTTP/1.1, but %s".formatted(target, failure.getMessage()));
    }
    StanzaError error = StatusErrors.UNREACHABLE;
    String what;
    if (failure instanceof UnknownHostException) {
      error = StatusErrors.NAME_NOT_FOUND;
      what = "the name of " + target + " cannot be resolved";
    } else if (causedBy(failure, CertificateException.class)) {
      error = StatusErrors.CERTIFICATE;
      what = "the certificate of " + target + " is not trusted";
    } else if (causedBy(failure, NotSslRecordException.class)) {
      // Its message is the bytes, in hexadecimal.
      return failed(
          progress,
          status,
          error,
          target + " does not speak TLS there: use http:// in ‹post-url›, or the port for https");
    } else if (failure instanceof SSLException) {
      what = "TLS with " + target + " failed";
    } else if (failure instanceof ConnectTimeoutException || failure instanceof ConnectException) {
      what = "cannot connect to " + target;
    } else if (progress == Progress.SENT) {
      what =
          (status == 0 ? "the connection broke before a response from " : "half a response from ")
              + target;
    } else {
      what = "the request could not be sent to " + target;
    }
    return failed(progress, status, error, what + ": " + message(failure));
  }

  /** No place to wait for a connection is left. */
  Failed busy(int limit) {
    return failed(
        Progress.CONNECTING,
        0,
        StatusErrors.BUSY,
        limit + " calls to " + target + " are open or wait for a connection already");
  }

  /** The client was disposed of. */
  Failed closed() {
    return failed(
        Progress.CONNECTING, 0, StatusErrors.UNREACHABLE, "calls to " + target + " have ended");
  }

  private static Failed failed(Progress progress, int status, StanzaError error, String detail) {
    return new Failed(
        progress == Progress.SENT ? Outcome.UNKNOWN : Outcome.NOT_SENT,
        status,
        error,
        detail,
        null);
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    // Bounded, since a chain of causes may have a circle.
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return Quoted.of(
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message);
  }

  /** How far a call got, which decides what is known of it. */
  enum Progress {
    /** Waiting for a connection. */
    CONNECTING,
    /** Connected, but not all of the request is written: no webhook takes half a body. */
    SENDING,
    /** Written: the webhook may have processed it. */
    SENT
  }
}
