package io.stanzahook.stream;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.stanzahook.tls.ServerTrust.Refusal;
import io.stanzahook.tls.TlsAlert;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says for an operator why TLS did not come about. */
final class TlsFailure {
  private static final String VERSIONS =
      "Have the server offer TLS 1.3 or 1.2; older versions are not spoken.";

  private TlsFailure() {}

  /** Whether an attempt to connect got as far as the TLS handshake, and failed there. */
  static boolean isInHandshake(Throwable error) {
    if (isTls(error) || error instanceof ClosedChannelException) {
      return true;
    }
    // A reset is a plain IOException; what goes wrong before there is a connection is not.
    return error instanceof IOException
        && !(error instanceof ConnectException)
        && !(error instanceof UnknownHostException)
        && !(error instanceof NoRouteToHostException);
  }

  /** Whether TLS itself is at fault, and not the connection that it runs over. */
  static boolean isTls(Throwable error) {
    return find(error, SSLException.class) != null;
  }

  /**
   * The end of a connection that failed as {@link #isInHandshake} or {@link #isTls} say.
   *
   * @param timeout what the handshake may take
   */
  static StreamEnd of(Throwable error, TlsSettings tls, Duration timeout) {
    Refusal refusal = find(error, Refusal.class);
    if (refusal != null) {
      return StreamEnd.tls(String.valueOf(refusal.getMessage()), refusal.advice());
    }
    if (find(error, SslHandshakeTimeoutException.class) != null) {
      return StreamEnd.tls(
          "the server did not finish the TLS handshake within %s s"
              .formatted(timeout.toMillis() / 1000.0),
          "Check that ‹server› names a port that speaks TLS from the first byte on.");
    }
    if (find(error, NotSslRecordException.class) != null) {
      return StreamEnd.tls(
          "the server answered with something other than TLS",
          "Leave out ‹tls›, or name with ‹server› a port that speaks TLS from the first byte on.");
    }
    SSLException problem = find(error, SSLException.class);
    if (problem == null) {
      return StreamEnd.tls(
          "the server cut the connection during the TLS handshake",
          "Check that ‹server› names a port that speaks TLS from the first byte on; the server's"
              + " log may say more.");
    }
    String message = StreamEnd.describe(problem);
    TlsAlert alert = TlsAlert.in(message);
    if (alert != null) {
      return alert(alert, tls);
    }
    // Of an old server, JDKs look at one or the other first.
    return message.contains("selected protocol version")
            || message.contains("selected improper ciphersuite")
        ? StreamEnd.tls(
            "the server speaks no version of TLS, or no cipher suite, that we do", VERSIONS)
        : StreamEnd.tls("TLS failed: " + message, "");
  }

  private static StreamEnd alert(TlsAlert alert, TlsSettings tls) {
    String message = "the server refused the TLS handshake: " + alert.name();
    if (alert.isAboutCertificate()) {
      return StreamEnd.tls(message, certificateAdvice(tls));
    }
    return switch (alert.name()) {
      case "protocol_version", "insufficient_security" -> StreamEnd.tls(message, VERSIONS);
      case "handshake_failure" ->
          StreamEnd.tls(
              message,
              "Either no cipher suite is common to both sides, or the server wants another"
                  + " certificate of ours: "
                  + certificateAdvice(tls));
      case "unrecognized_name" ->
          StreamEnd.tls(message, "Give the name that the server goes by with ‹tls-name›.");
      default -> StreamEnd.tls(message, "The server's log may say more.");
    };
  }

  /** For a server that takes no component without a certificate that it knows. */
  static String certificateAdvice(TlsSettings tls) {
    return tls.own() == null
        ? "If the server asks components for a certificate, give one with ‹tls-client-cert›."
        : "Check that the server trusts the CA that issued the certificate of ‹tls-client-cert›,"
            + " and that it has not expired.";
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }
}
