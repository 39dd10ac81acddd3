package io.stanzahook.component;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the server, from the first byte on: version 1.3 or 1.2, the server's certificate and the
 * name in it verified (RFC 9525). The texts are PEM (RFC 7468); whether a certificate was revoked
 * is not asked.
 *
 * @param caCertificates the CAs that are trusted, or the server's own certificate; where null,
 *     those that the JDK trusts
 * @param clientCertificate what the server may ask for: the component's certificate, those of the
 *     CAs in between, and the private key, not encrypted; where null, none. Never logged
 * @param name the DNS name or IP address that the server's certificate must carry, sent to the
 *     server too where it is a name (SNI); where null, the host that is connected to
 */
public record TlsSettings(
    @Nullable String caCertificates, @Nullable String clientCertificate, @Nullable String name) {

  /** What the JDK trusts, no certificate of our own, the name that is connected to. */
  public static final TlsSettings DEFAULTS = new TlsSettings(null, null, null);

  public TlsSettings {
    check("caCertificates", caCertificates, TlsSettings::checkCaCertificates);
    check("clientCertificate", clientCertificate, TlsSettings::checkClientCertificate);
    check("name", name, TlsSettings::checkName);
  }

  private static void check(String setting, @Nullable String value, Consumer<String> check) {
    if (value != null) {
      try {
        check.accept(value);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(setting + " " + e.getMessage(), e);
      }
    }
  }

  /**
   * Sees to it that the text can be {@link #caCertificates}.
   *
   * @throws IllegalArgumentException the rest of a sentence: {@code holds no certificate …}
   */
  public static void checkCaCertificates(String pem) {
    Pem.certificates(pem);
  }

  /**
   * Sees to it that the text can be the {@link #clientCertificate}.
   *
   * @throws IllegalArgumentException the rest of a sentence, without any part of the text
   */
  public static void checkClientCertificate(String pem) {
    List<X509Certificate> chain = Pem.certificates(pem);
    PrivateKey key = Pem.key(pem);
    Pem.checkPair(key, chain.get(0));
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

  /** What is used, without the key. */
  @Override
  public String toString() {
    return "TlsSettings[CAs %s, client certificate %s, name %s]"
        .formatted(
            caCertificates == null ? "of the JDK" : "given",
            clientCertificate == null ? "none" : "given",
            name == null ? "of the host" : name);
  }
}
