package io.stanzahook.signing;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign requests (Standard Webhooks 1.0.0). {@code whsec_…} is a secret that the
 * webhook knows too (v1, HMAC-SHA256). {@code whsk_…} is a private key whose public key the webhook
 * knows (v1a, ed25519). All keys sign, in their order.
 *
 * <p>Immutable. No message shows a key.
 */
public final class SigningKeys {
  /** The maximum number of keys. Each adds a signature to every request. */
  public static final int MAX_KEYS = 8;

  /** Bytes of a {@code whsec_…}. */
  static final int MIN_SECRET_BYTES = 24;

  static final int MAX_SECRET_BYTES = 64;

  /** Bytes of an ed25519 key, private or public. */
  static final int ED25519_BYTES = 32;

  static final String SECRET_PREFIX = "whsec_";
  static final String PRIVATE_PREFIX = "whsk_";
  static final String PUBLIC_PREFIX = "whpk_";

  /** The bytes before a public key in X.509's form (RFC 8410). */
  private static final byte[] X509_PREFIX = {
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  /** The key of one line. */
  sealed interface Key {}

  /** A {@code whsec_…}. */
  record Shared(SecretKey secret) implements Key {
    Mac mac() throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      return mac;
    }

    @Override
    public String toString() {
      return "v1 (HMAC-SHA256)";
    }
  }

  /** A {@code whsk_…}. */
  record Private(PrivateKey key) implements Key {
    Signature signature() throws GeneralSecurityException {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      return signature;
    }

    @Override
    public String toString() {
      return "v1a (ed25519)";
    }
  }

  private final List<Key> keys;

  private SigningKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads the lines of a file; empty ones and those that begin with {@code #} do not count.
   *
   * @throws IllegalArgumentException naming the first line that cannot be used, and never quoting
   *     it; the message reads on from the file's name
   */
  public static SigningKeys parse(String text) {
    List<Key> keys = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (keys.size() == MAX_KEYS) {
        throw new IllegalArgumentException(
            "holds more than %d secrets; each would sign every request".formatted(MAX_KEYS));
      }
      try {
        keys.add(key(line));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line %d %s".formatted(number, e.getMessage()));
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "holds no signing secret; 'stanzahook secret' prints a new one");
    }
    return new SigningKeys(keys);
  }

  private static Key key(String line) {
    if (line.startsWith(SECRET_PREFIX)) {
      return shared(bytes(line, SECRET_PREFIX));
    }
    if (line.startsWith(PRIVATE_PREFIX)) {
      return privateKey(bytes(line, PRIVATE_PREFIX));
    }
    if (line.startsWith(PUBLIC_PREFIX)) {
      throw new IllegalArgumentException(
          "is a public key, which cannot sign; it is for the webhook, and whsk_… is for this file");
    }
    throw new IllegalArgumentException("begins neither with whsec_ nor with whsk_");
  }

  private static byte[] bytes(String line, String prefix) {
    try {
      return Base64.getDecoder().decode(line.substring(prefix.length()));
    } catch (IllegalArgumentException e) {
      // The decoder's own message may show a character of the secret.
      throw new IllegalArgumentException("is not base64 after " + prefix);
    }
  }

  private static Key shared(byte[] secret) {
    if (secret.length < MIN_SECRET_BYTES || secret.length > MAX_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "has a secret of %d bytes; it must have %d to %d"
              .formatted(secret.length, MIN_SECRET_BYTES, MAX_SECRET_BYTES));
    }
    return new Shared(new SecretKeySpec(secret, "HmacSHA256"));
  }

  private static Key privateKey(byte[] bytes) {
    if (bytes.length != ED25519_BYTES && bytes.length != 2 * ED25519_BYTES) {
      throw new IllegalArgumentException(
          "has a key of %d bytes; an ed25519 key has %d, or %d with its public half"
              .formatted(bytes.length, ED25519_BYTES, 2 * ED25519_BYTES));
    }
    try {
      Private key =
          new Private(
              KeyFactory.getInstance("Ed25519")
                  .generatePrivate(
                      new EdECPrivateKeySpec(
                          NamedParameterSpec.ED25519, Arrays.copyOf(bytes, ED25519_BYTES))));
      if (bytes.length > ED25519_BYTES
          && !belong(key, Arrays.copyOfRange(bytes, ED25519_BYTES, bytes.length))) {
        throw new IllegalArgumentException("has a public half that is not of its private half");
      }
      return key;
    } catch (GeneralSecurityException e) {
      // The cause could quote the key.
      throw new IllegalArgumentException("is no ed25519 key that this Java can use");
    }
  }

  private static boolean belong(Private key, byte[] publicHalf) throws GeneralSecurityException {
    Signature signature = key.signature();
    signature.update(X509_PREFIX);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(publicKey(publicHalf));
    } catch (InvalidKeyException e) {
      return false;
    }
    signature.update(X509_PREFIX);
    return signature.verify(signed);
  }

  private static PublicKey publicKey(byte[] bytes) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + bytes.length);
    System.arraycopy(bytes, 0, encoded, X509_PREFIX.length, bytes.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Whether they are the same keys in the same order. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SigningKeys that && keys.equals(that.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }

  List<Key> keys() {
    return keys;
  }

  /** How requests are signed, for people: {@code v1 (HMAC-SHA256), v1a (ed25519)}. */
  public String kinds() {
    return keys.stream().map(Key::toString).collect(Collectors.joining(", "));
  }

  /** The kinds of the keys, without the keys. */
  @Override
  public String toString() {
    return "SigningKeys[" + kinds() + "]";
  }
}
