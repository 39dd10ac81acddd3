package io.stanzahook.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys as text (RFC 7468). Each problem is an {@link IllegalArgumentException}
 * whose message is the rest of a sentence about the text, and never shows a part of it.
 */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN [A-Z0-9 ]+-----");
  private static final Set<String> CERTIFICATE = Set.of("CERTIFICATE", "X509 CERTIFICATE");
  private static final String KEY = "PRIVATE KEY";

  /** Kinds of key that JDKs use for TLS, as their factories call them. */
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private Pem() {}

  private record Block(String label, String content) {}

  /** All certificates, in their order: at least one. Other blocks are passed over. */
  static List<X509Certificate> certificates(String pem) {
    if (pem.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(pem)) {
      if (CERTIFICATE.contains(block.label)) {
        certificates.add(certificate(block, certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(
          "holds no certificate, which begins with a line -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /** The one private key. */
  static PrivateKey key(String pem) {
    List<Block> keys = blocks(pem).stream().filter(b -> b.label.endsWith(KEY)).toList();
    if (keys.size() != 1) {
      throw new IllegalArgumentException(
          keys.isEmpty()
              ? "holds no private key, which begins with a line -----BEGIN PRIVATE KEY-----"
              : "holds %d private keys instead of one".formatted(keys.size()));
    }
    Block block = keys.get(0);
    if (block.label.startsWith("ENCRYPTED") || block.content.contains("ENCRYPTED")) {
      throw new IllegalArgumentException(
          "holds an encrypted private key, for which there is no flag to give the password with;"
              + " take the encryption off: openssl pkcs8 -in FILE -out NEWFILE");
    }
    if (!block.label.equals(KEY)) {
      throw new IllegalArgumentException(
          ("holds a private key in an older form, BEGIN %s; turn it into BEGIN PRIVATE KEY:"
                  + " openssl pkcs8 -topk8 -nocrypt -in FILE -out NEWFILE")
              .formatted(block.label));
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(decoded(block, "private key"));
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // Of another kind, or of none: the next one knows.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has " + algorithm, e);
      }
    }
    throw new IllegalArgumentException(
        "holds a private key that is broken, or of a kind other than RSA, EC and EdDSA");
  }

  /** Sees to it that the key belongs to the certificate. */
  static void checkPair(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    boolean pair;
    try {
      byte[] anything = {1, 2, 3};
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(anything);
      byte[] signature = signer.sign();
      signer.initVerify(certificate.getPublicKey());
      signer.update(anything);
      pair = signer.verify(signature);
    } catch (GeneralSecurityException e) {
      // The certificate's key is of another kind.
      pair = false;
    }
    if (!pair) {
      throw new IllegalArgumentException(
          "holds a private key that does not belong to its first certificate; our own"
              + " comes first, those of CAs after it");
    }
  }

  private static List<Block> blocks(String pem) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    long begun = BEGIN.matcher(pem).results().count();
    if (begun != blocks.size()) {
      throw new IllegalArgumentException(
          "has a line -----BEGIN …----- without its -----END …-----; is it cut off?");
    }
    return blocks;
  }

  private static X509Certificate certificate(Block block, int number) {
    String name = "certificate " + number;
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(decoded(block, name)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("holds a broken certificate: number " + number, e);
    }
  }

  private static byte[] decoded(Block block, String name) {
    try {
      return Base64.getDecoder().decode(block.content.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "holds something other than Base64 in " + name.replace("private", "its private"), e);
    }
  }
}
