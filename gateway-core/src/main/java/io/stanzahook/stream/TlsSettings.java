package io.stanzahook.stream;

import io.netty.handler.ssl.SslContext;
import io.stanzahook.settings.Setting;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the server from the first byte, version 1.3 or 1.2. The server's certificate and the name
 * in it are verified (RFC 9525). Revocation is not checked.
 *
 * @param ca the CAs to trust, or the server's own certificate; null for the CAs of the JDK
 * @param own the certificate that the server may ask for; null for none
 * @param name the DNS name or IP address that the server's certificate must carry; a name is also
 *     sent to the server (SNI); null for the host of the connection
 */
public record TlsSettings(
    @Setting(
            name = "tls-ca",
            value = "FILE",
            absent = "the JDK's trust store",
            inSandbox = false,
            file = 1 << 20,
            help =
                "with `--tls`: a PEM file with the only CAs to trust, or with the server's own "
                    + "certificate")
        @Nullable TrustedCertificates ca,
    @Setting(
            name = "tls-client-cert",
            value = "FILE",
            inSandbox = false,
            file = 1 << 20,
            help =
                "with `--tls`: a PEM file for servers that ask for a certificate, with the "
                    + "certificate, the intermediate certificates and the private key")
        @Nullable ClientCertificate own,
    @Setting(
            name = "tls-name",
            value = "NAME",
            absent = "the host of `--server`",
            inSandbox = false,
            help =
                "with `--tls`: the DNS name or IP address that the server's certificate must "
                    + "carry")
        @Nullable String name) {

  /** The CAs of the JDK, no certificate of our own, and the host of the connection. */
  public static final TlsSettings DEFAULTS = new TlsSettings(null, null, null);

  private static final TrustAdvice ADVICE =
      new TrustAdvice(
          "Check that the file of ‹tls-ca› holds the certificate of the CA that issued it, and that"
              + " the server sends those in between.",
          "Give the certificate of its CA, or its own if there is none, with ‹tls-ca›.",
          "If that is the right server, give a name that its certificate carries with"
              + " ‹tls-name›.");

  /** Checks the name. */
  public TlsSettings {
    if (name != null) {
      checkName(name);
    }
  }

  /**
   * Checks that the text can be the {@link #name}.
   *
   * @throws IllegalArgumentException the rest of a sentence
   */
  public static void checkName(String name) {
    if (!TlsContext.isAddress(name)) {
      try {
        new SNIHostName(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "is neither a DNS name, such as xmpp.example.org, nor an IP address", e);
      }
    }
  }

  /** Makes the TLS context for a host. May read the JDK's trust store. */
  SslContext context(String host) {
    return TlsContext.of(name == null ? host : name, ca, own, ADVICE);
  }

  /** The settings without the key. */
  @Override
  public String toString() {
    return "TlsSettings[CAs %s, client certificate %s, name %s]"
        .formatted(
            ca == null ? "of the JDK" : "given",
            own == null ? "none" : "given",
            name == null ? "of the host" : name);
  }
}
