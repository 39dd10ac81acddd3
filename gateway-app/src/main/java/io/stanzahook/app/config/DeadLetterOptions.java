package io.stanzahook.app.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of {@code dead-letters}: flags only, since nothing of it is a setting to keep. */
public final class DeadLetterOptions {
  public static final Option<String> URL =
      Option.of(
              "url",
              "URL",
              "http://127.0.0.1:9090",
              DeadLetterOptions::url,
              "the running gateway's `--http-listen`")
          .notInFile();

  public static final Option<Path> TOKEN_FILE =
      Option.withoutDefault(
              "token-file",
              "F",
              Option.REQUIRED,
              ValueParsers.file(),
              "a file whose first line is one of the gateway's `--api-token-file`")
          .notInFile();

  public static final Option<String> COMPONENT =
      filter("component", "DOMAIN", "whose dead letters, where the gateway has several components");

  public static final Option<String> FROM =
      filter("from", "JID", "only those from this JID, bare JID or domain");

  public static final Option<String> TO =
      filter("to", "JID", "only those to this JID, bare JID or domain");

  public static final Option<String> CAUSE =
      filter("cause", "CAUSE", "only those with this cause, such as `status_500` or `not_sent`");

  public static final Option<String> STATUS =
      filter("status", "N", "only those whose last response had this HTTP status; 0 for none");

  public static final Option<Boolean> EVERY =
      Option.switchedOff("all", "with `redeliver` and `delete`: all there are").notInFile();

  public static final Option<Integer> LIMIT =
      Option.of("limit", "N", "100", ValueParsers.number(1, 1000), "with `list`: so many at most")
          .notInFile();

  public static final Option<String> BEFORE =
      filter("before", "POSITION", "with `list`: go on where the last page ended");

  public static final Option<Boolean> JSON =
      Option.switchedOff("json", "what the gateway answered, in place of text for people")
          .notInFile();

  /** Those that say which dead letters are meant. */
  public static final List<Option<String>> FILTERS = List.of(FROM, TO, CAUSE, STATUS);

  /** All, in the order of help. */
  public static final List<Option<?>> ALL =
      List.of(URL, TOKEN_FILE, COMPONENT, FROM, TO, CAUSE, STATUS, EVERY, LIMIT, BEFORE, JSON);

  private DeadLetterOptions() {}

  private static Option<String> filter(String name, String placeholder, String meaning) {
    return Option.withoutDefault(name, placeholder, "none", ValueParsers.text(), meaning)
        .notInFile();
  }

  private static String url(String text) throws InvalidValueException {
    String trimmed = text.trim().replaceFirst("/+$", "");
    try {
      URI uri = new URI(trimmed);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getQuery() == null && uri.getUserInfo() == null) {
        return trimmed;
      }
    } catch (URISyntaxException e) {
      // Falls through.
    }
    throw new InvalidValueException(
        "'%s' is not the URL of a gateway, such as http://127.0.0.1:9090".formatted(text));
  }

  /**
   * Reads them.
   *
   * @param problems where all that is wrong is noted
   */
  public static OptionValues read(Map<Option<?>, Given> flags, Problems problems) {
    OptionValues values = OptionValues.read(ALL, flags, Map.of(), problems);
    if (values.source(TOKEN_FILE) == null) {
      problems.add(TOKEN_FILE.flag() + " is required");
    }
    return values;
  }

  /** The first credential of the file, as an Authorization header wants it; null if noted. */
  public static @Nullable String credential(OptionValues values, Problems problems) {
    Path path = values.find(TOKEN_FILE);
    Source source = values.source(TOKEN_FILE);
    if (path == null || source == null) {
      return null;
    }
    String text = TextFile.readSecret(path, source, ApiCredentials.MAX_BYTES, problems);
    if (text == null) {
      return null;
    }
    String line =
        text.lines()
            .filter(l -> !l.isBlank() && !l.startsWith("#"))
            .findFirst()
            .map(l -> l.trim().split("\\s+", 2)[0])
            .orElse("");
    if (line.isEmpty()) {
      problems.add(source, path + " holds no credentials; write a token, or user:password");
      return null;
    }
    return line;
  }
}
