package io.stanzahook.signing;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/** Checks signatures as the JDK does. */
public final class SignatureCheck {
  private SignatureCheck() {}

  /** What the JDK says of a v1a signature. */
  public static boolean verifies(byte[] publicKey, String signature, String content)
      throws Exception {
    byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
    byte[] encoded = Arrays.copyOf(prefix, prefix.length + publicKey.length);
    System.arraycopy(publicKey, 0, encoded, prefix.length, publicKey.length);
    PublicKey key =
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    Signature check = Signature.getInstance("Ed25519");
    check.initVerify(Objects.requireNonNull(key));
    check.update(content.getBytes(StandardCharsets.UTF_8));
    return check.verify(Base64.getDecoder().decode(signature.substring("v1a,".length())));
  }

  /** The bytes of a key, of any kind. */
  public static byte[] bytes(String key) {
    return Base64.getDecoder().decode(key.substring(key.indexOf('_') + 1));
  }
}
