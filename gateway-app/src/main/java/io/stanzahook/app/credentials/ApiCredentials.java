package io.stanzahook.app.credentials;

import io.stanzahook.settings.Suggestion;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.JidPreparation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
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
  static final int MOST = 1000;

  /** The largest file, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  /** A token or pair may have so many characters at most. */
  static final int LONGEST = 1024;

  /** A name may have so many characters at most. */
  static final int MAX_NAME = 64;

  private static final String ADMIN = "admin";
  private static final String READ = "read";
  private static final String NAME = "name=";
  private static final List<String> WORDS = List.of(ADMIN, READ, NAME);

  /** Nobody needs any: for a server that only this machine reaches, and nothing depends on. */
  public static final ApiCredentials NOT_NEEDED = new ApiCredentials(Map.of());

  private static final ApiCaller ANYBODY =
      new ApiCaller(0, null, null, List.of(), true, true, true);

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
    int number = 0;
    int count = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (++count > MOST) {
        problems.accept("holds more than " + MOST + " credentials");
        break;
      }
      new Line(number, line, domains, problems).addTo(callers);
    }
    if (count == 0) {
      problems.accept("holds no credentials; write a token, or user:password");
    }
    return new ApiCredentials(callers);
  }

  /** One line as it is read. */
  private static final class Line {
    private final int number;
    private final List<String> words;
    private final @Nullable Collection<String> domains;
    private final Consumer<String> problems;
    private final List<Jid> jids = new ArrayList<>();
    private boolean admin;
    private boolean read;
    private @Nullable String name;

    Line(int number, String text, @Nullable Collection<String> domains, Consumer<String> problems) {
      this.number = number;
      this.words = Arrays.asList(text.trim().split("\\s+", -1));
      this.domains = domains;
      this.problems = problems;
    }

    private void problem(String what) {
      problems.accept("line " + number + what);
    }

    void addTo(Map<String, ApiCaller> callers) {
      String secret = words.get(0);
      if (secret.startsWith(":") || secret.endsWith(":")) {
        problem(" has no user or no password beside its colon");
      }
      if (secret.length() > LONGEST) {
        problem(" has more than %d characters before the first space".formatted(LONGEST));
      }
      for (int i = 1; i < words.size(); i++) {
        take(i, words.get(i));
      }
      boolean pair = secret.contains(":");
      boolean all = jids.isEmpty() && !read;
      ApiCaller caller =
          new ApiCaller(
              number,
              name,
              pair ? self(secret.substring(0, secret.indexOf(':'))) : null,
              jids,
              all || admin || !jids.isEmpty(),
              all || admin || read,
              all || admin);
      // Of two lines with the same secret the first counts.
      callers.putIfAbsent(key(secret, pair), caller);
    }

    private void take(int index, String word) {
      String place = ", word " + (index + 1) + ", ";
      if (word.equals(ADMIN)) {
        admin = true;
      } else if (word.equals(READ)) {
        read = true;
      } else if (word.startsWith(NAME)) {
        name(place, word.substring(NAME.length()));
      } else {
        jid(place, word);
      }
    }

    private void name(String place, String given) {
      if (name != null) {
        problem(place + "is a second name=");
      } else if (given.isEmpty()
          || given.length() > MAX_NAME
          || given.codePoints().anyMatch(c -> !isShown(c))) {
        problem(
            place + "is no name=TEXT of 1 to %d characters that can be shown".formatted(MAX_NAME));
      } else {
        name = given;
      }
    }

    private static boolean isShown(int c) {
      return switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.SURROGATE,
            Character.PRIVATE_USE,
            Character.UNASSIGNED,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR ->
            false;
        default -> true;
      };
    }

    private void jid(String place, String word) {
      Jid jid = Jid.parse(word);
      Collection<String> known = domains;
      String domain =
          jid == null || known == null
              ? null
              : known.stream().filter(jid::hasDomain).findFirst().orElse(null);
      Jid prepared =
          jid == null ? null : JidPreparation.prepare(jid, domain == null ? jid.domain() : domain);
      if (prepared != null && (domain != null || known == null)) {
        jids.add(prepared);
      } else if (domain != null) {
        problem(place + "is no JID: it has characters that no server takes in an address");
      } else if (jid != null && word.indexOf('@') > 0) {
        problem(
            place
                + "is a JID in no component's domain ("
                + (known == null ? "" : String.join(", ", known))
                + "): nobody could send from it");
      } else {
        problem(
            place
                + "is neither a JID of "
                + (known == null ? "a component" : String.join(", ", known))
                + " nor one of the words admin, read, name=TEXT"
                + Suggestion.suffix(word, WORDS));
      }
    }

    /** Themselves, where their name is an address that a component may send from. */
    private @Nullable Jid self(String user) {
      Jid jid = Jid.parse(user);
      if (jid == null || domains == null) {
        return null;
      }
      String domain = domains.stream().filter(jid::hasDomain).findFirst().orElse(null);
      return domain == null ? null : JidPreparation.prepare(jid, domain);
    }
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
    return callers.isEmpty() ? ANYBODY : null;
  }

  /** Who has that token, or null. */
  public @Nullable ApiCaller ofToken(String token) {
    return token.indexOf(':') >= 0 ? null : callers.get(key(token, false));
  }

  /** Who has that user and password, with a colon between them, or null. */
  public @Nullable ApiCaller ofPair(String pair) {
    return callers.get(key(pair, true));
  }

  /** How many there are, and none of them. */
  @Override
  public String toString() {
    return "ApiCredentials[" + callers.size() + "]";
  }
}
