package io.stanzahook.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/**
 * A certificate of our own and its private key. No text of it shows the key.
 *
 * @param file where they were read, for messages; empty where that is not known
 * @param chain our certificate, then those of the CAs in between
 * @param key of the first certificate
 */
public record ClientCertificate(String file, List<X509Certificate> chain, PrivateKey key) {
  public ClientCertificate {
    chain = List.copyOf(chain);
  }

  /**
   * Reads PEM (RFC 7468): the certificates and the key, not encrypted.
   *
   * @throws IllegalArgumentException the rest of a sentence, without any part of the text
   */
  public static ClientCertificate parse(String pem) {
    List<X509Certificate> chain = Pem.certificates(pem);
    PrivateKey key = Pem.key(pem);
    Pem.checkPair(key, chain.get(0));
    return new ClientCertificate("", chain, key);
  }

  /** A name that the certificate is for: the first DNS name or IP address, or else its subject. */
  public String name() {
    try {
      Collection<List<?>> names = chain.get(0).getSubjectAlternativeNames();
      for (List<?> each : names == null ? List.<List<?>>of() : names) {
        if (each.get(1) instanceof String name && !name.isEmpty()) {
          // One of a wildcard's names is as good as another.
          return name.startsWith("*.") ? "any" + name.substring(1) : name;
        }
      }
    } catch (CertificateParsingException e) {
      // Then the subject has to do.
    }
    return chain
        .get(0)
        .getSubjectX500Principal()
        .getName()
        .replaceFirst("(?i).*?CN=([^,]*).*", "$1");
  }

  /** This, read from that file. */
  public ClientCertificate from(String path) {
    return new ClientCertificate(path, chain, key);
  }

  @Override
  public String toString() {
    return "ClientCertificate[of %s]".formatted(chain.get(0).getSubjectX500Principal());
  }
}
