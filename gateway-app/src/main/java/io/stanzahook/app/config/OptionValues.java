package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options' values after the order of precedence: flag, environment, file, default. Each value
 * remembers where it came from.
 */
public final class OptionValues {
  private final Map<Option<?>, Given> given;
  private final Map<Option<?>, List<Object>> parsed = new HashMap<>();

  private OptionValues(Map<Option<?>, Given> given) {
    this.given = given;
  }

  /**
   * Gathers and parses what is given.
   *
   * @param options those that the command knows
   * @param flags what the command line gave
   * @param problems where everything that is wrong is noted
   */
  public static OptionValues read(
      List<Option<?>> options,
      Map<Option<?>, Given> flags,
      Map<String, String> environment,
      Problems problems) {
    return of(options, GivenValues.read(options, flags, environment, problems).top(), problems);
  }

  /** Parses what is given, and the defaults of what is not. */
  static OptionValues of(List<Option<?>> options, Map<Option<?>, Given> given, Problems problems) {
    OptionValues values = new OptionValues(given);
    for (Option<?> option : options) {
      values.parse(option, problems);
    }
    return values;
  }

  private <T> void parse(Option<T> option, Problems problems) {
    Given texts = given.get(option);
    if (texts == null) {
      if (option.fallback() == null) {
        return;
      }
      texts =
          new Given(
              new Source(Source.Layer.DEFAULT, "default of " + option.flag()),
              List.of(option.fallback()));
    }
    List<Object> values = new ArrayList<>();
    for (String text : texts.texts()) {
      T value = parseText(option, texts.source(), text, problems);
      if (value != null) {
        values.add(value);
      }
    }
    if (values.size() == texts.texts().size()) {
      parsed.put(option, values);
    }
  }

  /** The first value that is given for an option; null after noting what is wrong with it. */
  static <T> @Nullable T parseOne(Option<T> option, Given texts, Problems problems) {
    return parseText(option, texts.source(), texts.texts().get(0), problems);
  }

  private static <T> @Nullable T parseText(
      Option<T> option, Source source, String text, Problems problems) {
    try {
      return option.parser().parse(text);
    } catch (InvalidValueException e) {
      problems.add(source, e.problem());
      return null;
    }
  }

  /** Where the option's value came from, or null where it is not given. */
  public @Nullable Source source(Option<?> option) {
    Given texts = given.get(option);
    return texts == null ? null : texts.source();
  }

  /** The value, its default included; null where it has none or it cannot be parsed. */
  @SuppressWarnings("unchecked") // What is stored came out of this option's own parser.
  public <T> @Nullable T find(Option<T> option) {
    List<Object> values = parsed.get(option);
    return values == null ? null : (T) values.get(0);
  }

  /**
   * The value of an option that has one.
   *
   * @throws IllegalStateException where there is none: problems should have been looked at before
   */
  public <T> T get(Option<T> option) {
    T value = find(option);
    if (value == null) {
      throw new IllegalStateException(option.flag() + " has no value");
    }
    return value;
  }

  /** All values of a repeatable option, in order. */
  @SuppressWarnings("unchecked") // As in find.
  public <T> List<T> all(Option<T> option) {
    return (List<T>) parsed.getOrDefault(option, List.of());
  }
}
