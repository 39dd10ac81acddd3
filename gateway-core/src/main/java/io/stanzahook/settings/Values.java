package io.stanzahook.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads values from their texts. What is wrong with a text is the message of an {@link
 * IllegalArgumentException}: it completes "{@code --flag: …}" and says what would be right.
 */
public final class Values {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB|GiB)?");

  private Values() {}

  /**
   * The value of a setting that is a number, a time, a boolean or an enum; null for other types.
   */
  public static @Nullable Object of(Class<?> type, Setting said, String text) {
    Object[] constants = type.getEnumConstants();
    if (constants != null) {
      return choice(text, constants);
    }
    if (type == boolean.class) {
      boolean onOff = said.value().equals("on|off");
      return either(text, onOff ? "on" : "true", onOff ? "off" : "false");
    }
    if (type == Duration.class) {
      return duration(text, Duration.ofMillis(said.min()), Duration.ofMillis(said.max()));
    }
    if (type != int.class && type != Integer.class && type != long.class) {
      return null;
    }
    long number =
        said.value().equals("BYTES")
            ? size(text, said.min(), said.max())
            : number(text, said.min(), said.max());
    return type == long.class ? (Object) number : (Object) (int) number;
  }

  /** Whether the text is the first of two words. */
  public static boolean either(String text, String yes, String no) {
    String word = text.trim().toLowerCase(Locale.ROOT);
    if (!word.equals(yes) && !word.equals(no)) {
      throw new IllegalArgumentException("'%s' is neither %s nor %s".formatted(text, yes, no));
    }
    return word.equals(yes);
  }

  /** A whole number. */
  public static long number(String text, long min, long max) {
    String digits = text.trim();
    long value = digits.matches("\\+?\\d{1,18}") ? Long.parseLong(digits) : -1;
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "'%s' is not a whole number from %d to %d".formatted(text, min, max));
    }
    return value;
  }

  /** What a word stands for, or else the value of the text. */
  public static <T> T orWord(
      String text, String word, T meaning, Function<String, ? extends T> value) {
    if (text.trim().equalsIgnoreCase(word)) {
      return meaning;
    }
    try {
      return value.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", nor " + word, e);
    }
  }

  /** A time: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 72h}. */
  public static Duration duration(String text, Duration min, Duration max) {
    Matcher matcher = DURATION.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a duration; write it like 500ms, 30s, 5m or 72h".formatted(text));
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration value =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        };
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "'%s' is not between %s and %s".formatted(text, show(min), show(max)));
    }
    return value;
  }

  /** A time as a flag would have it. */
  public static String show(Duration duration) {
    if (duration.toMillis() % 1000 != 0 || duration.isZero()) {
      return duration.toMillis() + "ms";
    }
    return duration.toSeconds() % 3600 == 0 ? duration.toHours() + "h" : duration.toSeconds() + "s";
  }

  /** A number of bytes: {@code 65536}, {@code 64KiB}. */
  public static long size(String text, long min, long max) {
    Matcher matcher = SIZE.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a size; write bytes, like 65536, or 64KiB, or 2MiB".formatted(text));
    }
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : 10 * List.of("B", "KiB", "MiB", "GiB").indexOf(unit);
    long value = Long.parseLong(matcher.group(1)) << shift;
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "'%s' is not between %d and %d bytes".formatted(text, min, max));
    }
    return value;
  }

  /** One constant of an enum, by its {@link #label}. */
  public static <E> E choice(String text, E[] constants) {
    List<String> names = Arrays.stream(constants).map(Values::label).toList();
    int index = names.indexOf(text.trim().toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw new IllegalArgumentException(
          "'%s' is none of %s%s"
              .formatted(text, String.join(", ", names), Suggestion.suffix(text, names)));
    }
    return constants[index];
  }

  /** A constant's name in flags. */
  public static String label(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }
}
