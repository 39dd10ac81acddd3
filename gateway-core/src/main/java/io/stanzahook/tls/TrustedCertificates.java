package io.stanzahook.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates of CAs, or of a server itself.
 *
 * @param file where they were read, for messages; empty where that is not known
 * @param certificates at least one
 */
public record TrustedCertificates(String file, List<X509Certificate> certificates) {
  public TrustedCertificates {
    certificates = List.copyOf(certificates);
  }

  /**
   * Reads PEM (RFC 7468).
   *
   * @throws IllegalArgumentException the rest of a sentence: {@code holds no certificate …}
   */
  public static TrustedCertificates parse(String pem) {
    return new TrustedCertificates("", Pem.certificates(pem));
  }

  /** These, read from that file. */
  public TrustedCertificates from(String path) {
    return new TrustedCertificates(path, certificates);
  }
}
