package io.stanzahook.webhook;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.stanzahook.exchange.Quoted;
import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.net.Proxy;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.tls.ServerTrust;
import io.stanzahook.tls.TlsAlert;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a call got no whole response. */
final class CallFailures {
  private final String target;
  private final boolean showsCertificate;
  private final @Nullable Proxy proxy;

  /**
   * Failures of calls to one webhook.
   *
   * @param target scheme, host and port, for the log
   * @param showsCertificate whether we have a certificate of our own
   * @param proxy the proxy that calls go through; null for none
   */
  CallFailures(String target, boolean showsCertificate, @Nullable Proxy proxy) {
    this.target = target;
    this.showsCertificate = showsCertificate;
    this.proxy = proxy;
  }

  /** A status that is not a success, with the beginning of the response's body. */
  Failed status(int status, @Nullable Duration retryAfter, String response) {
    return new Failed(
        Outcome.ANSWERED,
        status,
        StatusErrors.of(status),
        target + " answered with status " + status,
        retryAfter,
        response);
  }

  /** A status for one stanza, from an element of the response to a batch. */
  Failed item(int status, @Nullable Duration retryAfter) {
    return new Failed(
        Outcome.ANSWERED,
        status,
        StatusErrors.of(status),
        target + " answered this stanza of a batch with status " + status,
        retryAfter);
  }

  /** The time for the attempt is over. */
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

  /** Any failure that the client reports. */
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
    TlsAlert alert = alert(failure);
    ServerTrust.Refusal refusal = find(failure, ServerTrust.Refusal.class);
    if (failure instanceof UnknownHostException) {
      error = StatusErrors.NAME_NOT_FOUND;
      what =
          "the name of " + (proxy == null ? target : "the proxy " + proxy) + " cannot be resolved";
    } else if (refusal != null) {
      return failed(
          progress,
          status,
          StatusErrors.CERTIFICATE,
          "the certificate of %s is not trusted: %s; %s"
              .formatted(
                  target, Quoted.of(String.valueOf(refusal.getMessage())), refusal.advice()));
    } else if (alert != null && status == 0) {
      // For the other side, the handshake has not ended, so it has taken no request.
      return failed(
          Progress.CONNECTING,
          status,
          error,
          "%s refused the TLS handshake: %s%s"
              .formatted(target, alert.name(), certificateAdvice(alert)));
    } else if (find(failure, ProxyConnectException.class) != null && proxy != null) {
      return failed(
          Progress.CONNECTING,
          status,
          error,
          "the proxy %s makes no connection to %s: %s%s"
              .formatted(proxy, target, proxyMessage(failure), proxyAdvice(failure)));
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
      what = "cannot connect to " + (proxy == null ? target : "the proxy " + proxy);
    } else if (progress == Progress.SENT) {
      what =
          (status == 0 ? "the connection broke before a response from " : "half a response from ")
              + target;
    } else {
      what = "the request could not be sent to " + target;
    }
    return failed(progress, status, error, what + ": " + message(failure));
  }

  /** Too many calls wait for a connection. */
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

  /** Why the other side refuses our part of the handshake; null if it does not say. */
  private static @Nullable TlsAlert alert(Throwable failure) {
    SSLException tls = find(failure, SSLException.class);
    return tls == null ? null : TlsAlert.in(String.valueOf(tls.getMessage()));
  }

  private String certificateAdvice(TlsAlert alert) {
    if (!alert.isAboutCertificate() && !alert.name().equals("handshake_failure")) {
      return "; its log may say more";
    }
    return showsCertificate
        ? "; check that it trusts the CA that issued the certificate of ‹post-client-cert›,"
            + " and that this has not expired"
        : "; if it asks for a certificate, give one with ‹post-client-cert›";
  }

  /** The last part of the message, without the addresses before it. */
  private static String proxyMessage(Throwable failure) {
    ProxyConnectException thrown = find(failure, ProxyConnectException.class);
    String message = thrown == null ? "" : String.valueOf(thrown.getMessage());
    int comma = message.lastIndexOf(", ");
    return Quoted.of(comma < 0 ? message : message.substring(comma + 2));
  }

  private static String proxyAdvice(Throwable failure) {
    String message = proxyMessage(failure);
    if (message.contains("407") || message.contains("auth")) {
      return "; check the user and the password in ‹post-proxy›";
    }
    return message.contains("403") || message.contains("FORBIDDEN")
        ? "; have it allow connections to that host and port"
        : "; see its log, or ‹post-proxy› none";
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    return find(failure, type) != null;
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    // Bounded, because a chain of causes may have a circle.
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
      cause = cause.getCause();
    }
    return null;
  }

  /** Its message, on one line. */
  static String message(Throwable failure) {
    return Quoted.of(SocketErrors.text(failure));
  }

  /** How far a call got, which decides what is known about it. */
  enum Progress {
    /** Waiting for a connection. */
    CONNECTING,
    /** Connected, but not all of the request is written. No webhook takes half a body. */
    SENDING,
    /** Written. The webhook may have processed it. */
    SENT
  }
}
