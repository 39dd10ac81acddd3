package io.stanzahook.app.credentials;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the API: the lines of {@code --api-token-file}. Each has a {@code token} or a {@code
 * user:password}, then the JIDs that its holder may send from, then words: {@code admin}, {@code
 * read}, {@code name=TEXT}.
 *
 * <ul>
 *   <li>Neither JIDs nor {@code read}: everything.
 *   <li>JIDs: sending from those. With {@code admin} also everything of {@code /admin} and the
 *       console, with {@code read} only looking at it.
 *   <li>{@code read} without JIDs: looking, and nothing else.
 * </ul>
 */
public final class ApiCredentials {
  /** Lines with credentials at most. */
  static final int MAX_LINES = 1000;

  /** The largest file, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  /** A token or pair may have so many characters at most. */
  static final int MAX_LENGTH = 1024;

  private static final String ADMIN = "admin";
  private static final String READ = "read";
  private static final String FILE = "--api-token-file";
  private static final List<String> WORDS = List.of(ADMIN, READ);

  /** Nobody needs any: for a server that only this machine reaches, and nothing depends on. */
  public static final ApiCredentials NOT_NEEDED = new ApiCredentials(Map.of());

  private static final ApiCaller ANYBODY =
      new ApiCaller(FILE, 0, null, null, List.of(), true, true, true);

  /**
   * By the hash of the token or pair, with what it is. Hashes are looked up, and not the secrets:
   * how long that takes says nothing about them, nor does it grow with the file.
   */
  private final Map<String, ApiCaller> callers;

  private ApiCredentials(Map<String, ApiCaller> callers) {
    this.callers = Map.copyOf(callers);
  }

  /**
   * Reads the lines of a file; empty ones and those that begin with {@code #} do not count.
   *
   * @param domains of all components; null where not all are known
   * @param problems told of each line that cannot be used, which is never quoted: what stands in
   *     the wrong place may be a secret
   */
  public static ApiCredentials parse(
      String text, @Nullable Collection<String> domains, Consumer<String> problems) {
    Map<String, ApiCaller> callers = new LinkedHashMap<>();
    if (!CredentialLine.readEach(
        text, WORDS, domains, problems, MAX_LINES, "credentials", line -> add(line, callers))) {
      problems.accept("holds no credentials; write a token, or user:password");
    }
    return new ApiCredentials(callers);
  }

  private static void add(CredentialLine line, Map<String, ApiCaller> callers) {
    String secret = line.word(0);
    if (secret.startsWith(":") || secret.endsWith(":")) {
      line.problem(" has no user or no password beside its colon");
    }
    if (secret.length() > MAX_LENGTH) {
      line.problem(" has more than %d characters before the first space".formatted(MAX_LENGTH));
    }
    line.read(1);
    boolean pair = secret.contains(":");
    boolean admin = line.says(ADMIN);
    boolean read = line.says(READ);
    boolean all = line.jids().isEmpty() && !read;
    ApiCaller caller =
        new ApiCaller(
            FILE,
            line.number(),
            line.name(),
            pair ? line.self(secret.substring(0, secret.indexOf(':'))) : null,
            line.jids(),
            all || admin || !line.jids().isEmpty(),
            all || admin || read,
            all || admin);
    // Of two lines with the same secret the first counts.
    callers.putIfAbsent(key(secret, pair), caller);
  }

  private static String key(String secret, boolean pair) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return (pair ? "pair " : "token ") + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  /** Who calls where no credentials are needed; null where they are. */
  public @Nullable ApiCaller anybody() {
    return callers.isEmpty() ? ANYBODY : null;
  }

  /** The caller with that token, or null. */
  public @Nullable ApiCaller ofToken(String token) {
    return token.indexOf(':') >= 0 ? null : callers.get(key(token, false));
  }

  /** The caller with that user and password, joined by a colon, or null. */
  public @Nullable ApiCaller ofPair(String pair) {
    return callers.get(key(pair, true));
  }

  /** How many there are, and none of them. */
  @Override
  public String toString() {
    return "ApiCredentials[" + callers.size() + "]";
  }
}
