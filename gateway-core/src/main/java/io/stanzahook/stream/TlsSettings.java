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
 * TLS to the server, from the first byte on: version 1.3 or 1.2, the server's certificate and the
 * name in it verified (RFC 9525). Whether a certificate was revoked is not asked.
 *
 * @param ca the CAs that are trusted, or the server's own certificate; where null, those that the
 *     JDK trusts
 * @param own what the server may ask for; where null, none
 * @param name the DNS name or IP address that the server's certificate must carry, sent to the
 *     server too where it is a name (SNI); where null, the host that is connected to
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

  /** What the JDK trusts, no certificate of our own, the name that is connected to. */
  public static final TlsSettings DEFAULTS = new TlsSettings(null, null, null);

  private static final TrustAdvice ADVICE =
      new TrustAdvice(
          "Check that the file of ‹tls-ca› holds the certificate of the CA that issued it, and that"
              + " the server sends those in between.",
          "Give the certificate of its CA, or its own where there is none, with ‹tls-ca›.",
          "If that is the right server, give a name that its certificate carries with"
              + " ‹tls-name›.");

  /** Checks the name. */
  public TlsSettings {
    if (name != null) {
      checkName(name);
    }
  }

  /**
   * Sees to it that the text can be the {@link #name}.
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

  /** Makes TLS of them, for a host that is connected to; may read the JDK's trust store. */
  SslContext context(String host) {
    return TlsContext.of(name == null ? host : name, ca, own, ADVICE);
  }

  /** What is used, without the key. */
  @Override
  public String toString() {
    return "TlsSettings[CAs %s, client certificate %s, name %s]"
        .formatted(
            ca == null ? "of the JDK" : "given",
            own == null ? "none" : "given",
            name == null ? "of the host" : name);
  }
}
