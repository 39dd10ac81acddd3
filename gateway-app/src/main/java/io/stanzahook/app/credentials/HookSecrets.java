package io.stanzahook.app.credentials;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who proves with a shared secret that a hook is theirs: the lines of {@code --hook-secret-file}.
 * Each has a {@code FORMAT} of {@code /hooks} and a {@code SECRET}, then the JIDs that may be sent
 * from and {@code name=TEXT}, as in {@code --api-token-file}. Several lines of one format are tried
 * one after another: so a secret can be changed without a gap.
 *
 * <p>Immutable; no message and no text of it shows a secret. What is compared, is compared in a
 * time that says nothing about it.
 */
public final class HookSecrets {
  /** The largest file, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Lines with secrets at most. */
  static final int MAX_SECRETS = 100;

  /** Signatures of one request that are looked at. */
  static final int MAX_SIGNATURES = 16;

  /** The flag. */
  static final String FILE = "--hook-secret-file";

  private static final String STANDARD_PREFIX = "whsec_";

  /** Bytes of a secret of Standard Webhooks. */
  private static final int MIN_STANDARD = 24;

  private static final int MAX_STANDARD = 64;

  private static final String HUB_PREFIX = "sha256=";
  private static final String STANDARD_VERSION = "v1,";
  private static final String ALGORITHM = "HmacSHA256";

  /** One line. */
  private static final class Secret {
    private final String format;

    /** The secret as it stands there: a key of GitHub's and Gitea's, a token of GitLab's. */
    private final byte[] text;

    /** The key of Standard Webhooks; null where the secret is none of theirs. */
    private final byte @Nullable [] standard;

    private final ApiCaller caller;

    Secret(String format, byte[] text, byte @Nullable [] standard, ApiCaller caller) {
      this.format = format;
      this.text = text;
      this.standard = standard;
      this.caller = caller;
    }
  }

  private final List<Secret> secrets;

  private HookSecrets(List<Secret> secrets) {
    this.secrets = List.copyOf(secrets);
  }

  /**
   * Reads the lines of a file; empty ones and those that begin with {@code #} do not count.
   *
   * @param formats the names of all formats
   * @param domains of all components; null where not all are known
   * @param problems told of each line that cannot be used, which is never quoted
   */
  public static HookSecrets parse(
      String text,
      Set<String> formats,
      @Nullable Collection<String> domains,
      Consumer<String> problems) {
    List<Secret> secrets = new ArrayList<>();
    Consumer<CredentialLine> add =
        line -> {
          Secret secret = secret(line, formats);
          if (secret != null) {
            secrets.add(secret);
          }
        };
    if (!CredentialLine.readEach(text, List.of(), domains, problems, MAX_SECRETS, "secrets", add)) {
      problems.accept("holds no secrets; write a format of /hooks and its secret: github SECRET");
    }
    return new HookSecrets(secrets);
  }

  private static @Nullable Secret secret(CredentialLine line, Set<String> formats) {
    String format = line.word(0);
    String text = line.word(1);
    if (!formats.contains(format)) {
      line.problem(
          " does not begin with a format; there are " + String.join(", ", new TreeSet<>(formats)));
      return null;
    }
    if (text.isEmpty()) {
      line.problem(" has no secret after its format");
      return null;
    }
    byte[] standard = null;
    if (text.startsWith(STANDARD_PREFIX)) {
      standard = decoded(text.substring(STANDARD_PREFIX.length()));
      if (standard == null || standard.length < MIN_STANDARD || standard.length > MAX_STANDARD) {
        line.problem(
            " has a secret that begins with %s and is not base64 of %d to %d bytes after it"
                .formatted(STANDARD_PREFIX, MIN_STANDARD, MAX_STANDARD));
        return null;
      }
    }
    line.read(2);
    ApiCaller caller =
        new ApiCaller(FILE, line.number(), line.name(), null, line.jids(), true, false, false);
    return new Secret(format, text.getBytes(StandardCharsets.UTF_8), standard, caller);
  }

  private static byte @Nullable [] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether there is a secret of that format. */
  public boolean has(String format) {
    return secrets.stream().anyMatch(secret -> secret.format.equals(format));
  }

  /** Whether there is a secret of Standard Webhooks for that format. */
  public boolean hasStandard(String format) {
    return secrets.stream()
        .anyMatch(secret -> secret.format.equals(format) && secret.standard != null);
  }

  /**
   * Whose signature that is of GitHub's and Gitea's kind; null for nobody's.
   *
   * @param signature the header {@code X-Hub-Signature-256}: {@code sha256=} and hexadecimal digits
   */
  public @Nullable ApiCaller ofHub(String format, String signature, byte[] body) {
    if (!signature.startsWith(HUB_PREFIX)) {
      return null;
    }
    byte[] given;
    try {
      given = HexFormat.of().parseHex(signature.strip().substring(HUB_PREFIX.length()));
    } catch (IllegalArgumentException e) {
      return null;
    }
    return find(format, secret -> MessageDigest.isEqual(hmac(secret.text, body), given));
  }

  /** Whose token that is, as GitLab sends it; null for nobody's. */
  public @Nullable ApiCaller ofToken(String format, String token) {
    byte[] given = hash(token.getBytes(StandardCharsets.UTF_8));
    // Hashes are as long as each other, whatever was sent.
    return find(format, secret -> MessageDigest.isEqual(hash(secret.text), given));
  }

  /**
   * Whose signature that is by Standard Webhooks; null for nobody's.
   *
   * @param signatures the header {@code webhook-signature}: {@code v1,} and base64 each, with
   *     spaces between them
   */
  public @Nullable ApiCaller ofStandard(
      String format, String id, String timestamp, String signatures, byte[] body) {
    List<byte[]> given = new ArrayList<>();
    for (String each : signatures.strip().split("\\s+", MAX_SIGNATURES + 1)) {
      byte[] signature =
          each.startsWith(STANDARD_VERSION)
              ? decoded(each.substring(STANDARD_VERSION.length()))
              : null;
      if (signature != null && given.size() < MAX_SIGNATURES) {
        given.add(signature);
      }
    }
    byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    return find(
        format,
        secret -> {
          if (secret.standard == null) {
            return false;
          }
          byte[] right = hmac(secret.standard, start, body);
          return given.stream().anyMatch(each -> MessageDigest.isEqual(right, each));
        });
  }

  private @Nullable ApiCaller find(String format, Predicate<Secret> proves) {
    return secrets.stream()
        .filter(secret -> secret.format.equals(format) && proves.test(secret))
        .findFirst()
        .map(secret -> secret.caller)
        .orElse(null);
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  private static byte[] hash(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  /** How many there are, and none of them. */
  @Override
  public String toString() {
    return "HookSecrets[" + secrets.size() + "]";
  }
}
