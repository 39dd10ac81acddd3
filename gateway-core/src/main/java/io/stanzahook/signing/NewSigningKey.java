package io.stanzahook.signing;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * A new signing secret.
 *
 * @param secret what {@link SigningKeys} reads: {@code whsec_…} or {@code whsk_…}
 * @param verifier what the webhook needs: the same, or the {@code whpk_…} of a private key
 */
public record NewSigningKey(String secret, String verifier) {
  private static final int SECRET_BYTES = 32;

  /** A secret of 32 random bytes, for both sides. Blocks while the system gathers randomness. */
  public static NewSigningKey shared() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    String secret = SigningKeys.SECRET_PREFIX + Base64.getEncoder().encodeToString(bytes);
    return new NewSigningKey(secret, secret);
  }

  /** An ed25519 pair: the private key's 32 bytes, and the public key's. */
  public static NewSigningKey asymmetric() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] own = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      // The raw key is the end of its X.509 form (RFC 8410).
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] open =
          Arrays.copyOfRange(encoded, encoded.length - SigningKeys.ED25519_BYTES, encoded.length);
      Base64.Encoder base64 = Base64.getEncoder();
      return new NewSigningKey(
          SigningKeys.PRIVATE_PREFIX + base64.encodeToString(own),
          SigningKeys.PUBLIC_PREFIX + base64.encodeToString(open));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no ed25519", e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "NewSigningKey";
  }
}
