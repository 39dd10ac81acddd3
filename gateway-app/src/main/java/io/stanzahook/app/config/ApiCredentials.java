package io.stanzahook.app.config;

import io.stanzahook.stanza.Jid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the API: the lines of {@code --api-token-file}. Each has a {@code token} or a {@code
 * user:password}, and after it the JIDs that its holder may send from, if not from all.
 */
public final class ApiCredentials {
  /** Lines with credentials at most: each request is compared with all of them. */
  static final int MOST = 1000;

  /** The largest file, in bytes. */
  static final int MAX_BYTES = 64 * 1024;

  /** A token or pair may have so many characters at most. */
  static final int LONGEST = 1024;

  /**
   * One line.
   *
   * @param secret the token, or user and password with a colon between them
   * @param pair whether it is user and password
   * @param caller its holder
   */
  private record Credential(String secret, boolean pair, ApiCaller caller) {}

  /** Nobody needs any: for a server that only this machine reaches, and nothing depends on. */
  public static final ApiCredentials NOT_NEEDED = new ApiCredentials(List.of());

  private static final ApiCaller ANYBODY = new ApiCaller(0, null, List.of());

  private final List<Credential> credentials;

  private ApiCredentials(List<Credential> credentials) {
    this.credentials = List.copyOf(credentials);
  }

  /** Those in the file that the settings name; null where none is, or its faults are noted. */
  static @Nullable ApiCredentials read(OptionValues values, Problems problems) {
    Path path = values.find(ProcessOptions.API_TOKEN_FILE);
    Source source = values.source(ProcessOptions.API_TOKEN_FILE);
    if (path == null || source == null) {
      return null;
    }
    String text = TextFile.read(path, source, MAX_BYTES, problems);
    try {
      return text == null ? null : parse(text);
    } catch (InvalidValueException e) {
      problems.add(source, path + " " + e.getMessage());
      return null;
    }
  }

  /**
   * Reads the lines of a file; empty ones and those that begin with {@code #} do not count.
   *
   * @throws InvalidValueException naming the first line that cannot be used, and never quoting it
   */
  static ApiCredentials parse(String text) throws InvalidValueException {
    List<Credential> credentials = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        credentials.add(credential(line, number));
      }
    }
    if (credentials.isEmpty()) {
      throw new InvalidValueException("holds no credentials; write a token, or user:password");
    }
    if (credentials.size() > MOST) {
      throw new InvalidValueException("holds more than " + MOST + " credentials");
    }
    return new ApiCredentials(credentials);
  }

  private static Credential credential(String line, int number) throws InvalidValueException {
    List<String> words = Arrays.asList(line.trim().split("\\s+", -1));
    String secret = words.get(0);
    if (secret.startsWith(":") || secret.endsWith(":")) {
      throw new InvalidValueException(
          "line %d has no user or no password beside its colon".formatted(number));
    }
    if (secret.length() > LONGEST) {
      throw new InvalidValueException(
          "line %d has more than %d characters before the first space".formatted(number, LONGEST));
    }
    List<Jid> jids = new ArrayList<>();
    for (String word : words.subList(1, words.size())) {
      Jid jid = Jid.parse(word);
      if (jid == null) {
        throw new InvalidValueException(
            "line %d has a word that is no JID, after the first space".formatted(number));
      }
      jids.add(jid);
    }
    boolean pair = secret.contains(":");
    String user = pair ? secret.substring(0, secret.indexOf(':')) : null;
    return new Credential(secret, pair, new ApiCaller(number, user, jids));
  }

  /** Whether somebody has that token. */
  public boolean hasToken(String token) {
    return ofToken(token) != null;
  }

  /** Whether somebody has that user and password, with a colon between them. */
  public boolean hasPair(String pair) {
    return ofPair(pair) != null;
  }

  /** Who calls where no credentials are needed; null where they are. */
  public @Nullable ApiCaller anybody() {
    return credentials.isEmpty() ? ANYBODY : null;
  }

  /** Who has that token, or null. */
  public @Nullable ApiCaller ofToken(String token) {
    return find(token, false);
  }

  /** Who has that user and password, with a colon between them, or null. */
  public @Nullable ApiCaller ofPair(String pair) {
    return find(pair, true);
  }

  /** Takes as long whether it is there or not, and wherever it differs. */
  private @Nullable ApiCaller find(String secret, boolean pair) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    ApiCaller found = null;
    for (Credential credential : credentials) {
      byte[] known = credential.secret().getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(known, bytes) && credential.pair() == pair && found == null) {
        found = credential.caller();
      }
    }
    return found;
  }

  /** How many there are, and none of them. */
  @Override
  public String toString() {
    return "ApiCredentials[" + credentials.size() + "]";
  }
}
