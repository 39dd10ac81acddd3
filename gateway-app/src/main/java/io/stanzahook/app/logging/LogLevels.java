package io.stanzahook.app.logging;

import io.stanzahook.settings.Suggestion;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which lines the log has.
 *
 * @param usual the level of all loggers
 * @param own the levels of those that have their own, by name
 */
public record LogLevels(LogLevel usual, Map<String, LogLevel> own) {
  /** Loggers with a level of their own. */
  static final int MAX_OWN = 64;

  /** Everything but details. */
  static final LogLevels USUAL = new LogLevels(LogLevel.INFO, Map.of());

  /** Only warnings and errors. */
  public static final LogLevels WARNINGS = new LogLevels(LogLevel.WARN, Map.of());

  public LogLevels {
    own = Map.copyOf(own);
  }

  /**
   * Reads a level, or a list such as {@code info,stream=debug}.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static LogLevels parse(String text) {
    LogLevel usual = LogLevel.INFO;
    Map<String, LogLevel> own = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      LogLevel level = level(part.substring(equals + 1).trim());
      if (equals < 0) {
        usual = level;
      } else if (part.substring(0, equals).isBlank() || own.size() == MAX_OWN) {
        throw new IllegalArgumentException(
            "'%s' is not LOGGER=LEVEL, of %d at most".formatted(part.trim(), MAX_OWN));
      } else {
        own.put(part.substring(0, equals).trim(), level);
      }
    }
    return new LogLevels(usual, own);
  }

  private static LogLevel level(String name) {
    for (LogLevel level : LogLevel.values()) {
      if (level.name().equalsIgnoreCase(name)) {
        return level;
      }
    }
    List<String> names =
        Arrays.stream(LogLevel.values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
    throw new IllegalArgumentException(
        "'%s' is none of %s%s"
            .formatted(name, String.join(", ", names), Suggestion.suffix(name, names)));
  }
}
