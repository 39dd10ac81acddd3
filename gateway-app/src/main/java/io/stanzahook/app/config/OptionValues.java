package io.stanzahook.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of options, in the order of precedence: flag, environment, file, default. Each value
 * knows its source.
 */
public final class OptionValues {
  private final Map<String, Given> given;
  private final Problems problems;
  private final Map<String, List<Object>> parsed = new HashMap<>();
  private final Map<String, Object> values = new HashMap<>();

  /**
   * Parses the given values, and the defaults of the others. Does not read files yet.
   *
   * @param problems receives all problems
   */
  OptionValues(List<Option> options, Map<String, Given> given, Problems problems) {
    this.given = given;
    this.problems = problems;
    for (Option option : options) {
      Given texts = given.containsKey(option.name()) ? given.get(option.name()) : usual(option);
      List<Object> all = new ArrayList<>();
      for (String text : texts.texts()) {
        Object value = parse(option, text, texts.source(), problems);
        if (value != null) {
          all.add(value);
        }
      }
      if (all.size() == texts.texts().size() && !all.isEmpty()) {
        parsed.put(option.name(), all);
        values.put(option.name(), all.get(0));
      }
    }
  }

  private static Given usual(Option option) {
    String fallback = option.fallback();
    return new Given(
        new Source(Source.Layer.DEFAULT, "default of " + option.flag()),
        fallback == null ? List.of() : List.of(fallback));
  }

  /** One value; null after adding a problem. */
  static @Nullable Object parse(Option option, String text, Source source, Problems problems) {
    try {
      return option.form().each().apply(text);
    } catch (IllegalArgumentException e) {
      problems.add(source, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * Makes the settings. Reads the files, and finds settings that are missing or do nothing.
   *
   * @param place the start of problems without another place; null for none
   */
  void complete(List<Option> options, @Nullable String place) {
    for (Option option : options) {
      if (option.absent().equals(Option.REQUIRED) && source(option.name()) == null) {
        problems.add(missing(option, place));
      }
    }
    for (Option option : options) {
      if (!isUseless(option)) {
        makeWhole(option);
      }
      if (!option.said().orFile().isEmpty() && option.name().equals(option.said().name())) {
        chooseForm(option, place == null ? "" : place + ": ");
      }
    }
  }

  private static String missing(Option option, @Nullable String place) {
    if (place != null) {
      return "%s: %s is required".formatted(place, option.key());
    }
    return option.inFile()
        ? "%s is required (or %s, or '%s' in the --config file)"
            .formatted(option.flag(), option.variable(), option.key())
        : option.flag() + " is required";
  }

  private boolean isUseless(Option option) {
    Option needed = option.needs();
    if (needed == null || isOn(needed.name())) {
      return false;
    }
    Source source = source(option.name());
    Source off = source(needed.name());
    boolean unclear = off != null && !values.containsKey(needed.name());
    // A stronger source may turn off what a weaker one sets.
    if (source != null && !unclear && (off == null || !off.isStrongerThan(source))) {
      problems.addUseless(
          source,
          "does nothing without %s; give %s too, or leave %s out"
              .formatted(needed.said().noun(), needed.flag(), option.flag()));
    }
    return true;
  }

  private void makeWhole(Option option) {
    List<Object> all = parsed.get(option.name());
    Source source = source(option.name());
    Form.Whole whole = option.form().whole();
    if (all == null || source == null) {
      Object absent = option.form().absent().get();
      if (absent != null) {
        values.put(option.name(), absent);
      }
    } else if (whole != null) {
      put(option.name(), whole.of(all, source, problems));
    }
  }

  /**
   * Chooses between a value and a file that holds it. A stronger source overrides both forms of
   * weaker sources: a flag {@code --secret-file} beats a secret in the configuration file.
   */
  private void chooseForm(Option option, String where) {
    String name = option.name();
    Source direct = source(name);
    Source file = source(name + Option.OR_FILE);
    if (direct == null && file == null) {
      problems.add(
          "%s%s-file or %2$s is required: %s (or %s_FILE, %4$s)"
              .formatted(
                  where,
                  option.flag(),
                  option.meaning().replaceFirst(";.*", ""),
                  option.variable()));
    } else if (direct != null && file != null && direct.layer() == file.layer()) {
      problems.add(file, "cannot be given together with " + direct + "; keep one of them");
    } else if (direct != null && (file == null || direct.isStrongerThan(file))) {
      if ("".equals(values.get(name))) {
        problems.add(direct, "the %s is empty".formatted(name));
      }
    } else if (file != null && parsed.containsKey(name + Option.OR_FILE)) {
      fromFile(option, file);
    }
  }

  /** Drops one newline at the end, because editors add it. */
  private void fromFile(Option option, Source source) {
    Path path = (Path) Objects.requireNonNull(values.get(option.name() + Option.OR_FILE));
    String text = problems.read(path, source, option.said().file(), true);
    if (text != null) {
      String value = text.replaceFirst("\\r?\\n\\z", "");
      if (value.isEmpty()) {
        problems.add(source, "the %s in %s is empty".formatted(option.name(), path));
      }
      values.put(option.name(), value);
    }
  }

  /** The source of the option's value; null if it is not given. */
  public @Nullable Source source(String name) {
    Given texts = given.get(name);
    return texts == null ? null : texts.source();
  }

  /** Sets a value that depends on others; null for none. */
  void put(String name, @Nullable Object value) {
    if (value == null) {
      values.remove(name);
    } else {
      values.put(name, value);
    }
  }

  /** Whether it has a value, and that is not {@code false}. */
  public boolean isOn(String name) {
    return !Objects.requireNonNullElse(values.get(name), false).equals(false);
  }

  /** The value, its default included; null if it has none or cannot be read. */
  @Nullable Object find(String name) {
    Object value = values.get(name);
    return value instanceof Optional<?> maybe ? maybe.orElse(null) : value;
  }

  /** All values, by name. */
  Map<String, Object> all() {
    Map<String, Object> all = new HashMap<>();
    values.keySet().forEach(name -> all.put(name, find(name)));
    all.values().removeIf(Objects::isNull);
    return all;
  }
}
