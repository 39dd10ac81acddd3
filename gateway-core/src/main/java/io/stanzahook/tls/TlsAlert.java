package io.stanzahook.tls;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the other side says against our part of a TLS handshake.
 *
 * @param name as in RFC 8446, 6.2: {@code unknown_ca}
 */
public record TlsAlert(String name) {
  private static final Pattern RECEIVED = Pattern.compile("Received fatal alert: (\\w+)");

  /** The alert that the message of an exception names; null if it names none. */
  public static @Nullable TlsAlert in(String message) {
    Matcher received = RECEIVED.matcher(message);
    return received.find() ? new TlsAlert(received.group(1).toLowerCase(Locale.ROOT)) : null;
  }

  /** Whether it is about our certificate, or about a missing one. */
  public boolean isAboutCertificate() {
    return switch (name) {
      case "certificate_required",
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied",
          "decrypt_error" ->
          true;
      default -> false;
    };
  }
}
