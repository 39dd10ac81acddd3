package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads the keys and values of one YAML mapping. What it is called, and with it what problems are
 * called, may be known only at its end: a component's domain is one of its values.
 */
final class MappingReader {
  private final Map<String, Option<?>> byKey;
  private final Set<String> others;
  private final List<Line> lines = new ArrayList<>();

  /**
   * One key.
   *
   * @param option what it is for; null where it is for nothing
   * @param texts its values
   * @param problem what is wrong with its form, if anything
   */
  private record Line(
      String key, @Nullable Option<?> option, List<String> texts, @Nullable String problem) {}

  /**
   * An empty mapping.
   *
   * @param byKey the options that may stand there, by their keys
   * @param others keys that may stand there and are no options: not read here, only suggested
   */
  MappingReader(Map<String, Option<?>> byKey, Set<String> others) {
    this.byKey = byKey;
    this.others = others;
  }

  /** A key without hyphens, as it is declared. */
  static String plain(String key) {
    return key.replace('-', '_');
  }

  /** Reads the value behind a key, which the parser stands on. */
  void entry(YAMLParser yaml, String key) {
    Option<?> option = byKey.get(plain(key));
    JsonToken token = yaml.nextToken();
    List<String> texts = new ArrayList<>();
    if (option == null) {
      yaml.skipChildren();
      lines.add(new Line(key, null, texts, null));
      return;
    }
    boolean usable =
        switch (token) {
          case START_ARRAY -> list(yaml, option, texts);
          case START_OBJECT -> mapping(yaml, option, texts);
          case VALUE_NULL -> false;
          default -> scalar(yaml, texts);
        };
    lines.add(new Line(key, option, texts, usable ? null : form(option, token)));
  }

  /** The first value of an option, as it is written; null where there is none. */
  @Nullable String text(Option<?> option) {
    return lines.stream()
        .filter(line -> option.equals(line.option()) && line.problem() == null)
        .map(line -> line.texts().get(0))
        .findFirst()
        .orElse(null);
  }

  /**
   * What it gives.
   *
   * @param place what the mapping is called, as a person would name it
   * @param problems where everything that is wrong is noted, in its order
   */
  Map<Option<?>, Given> given(Source.Layer layer, String place, Problems problems) {
    Map<Option<?>, Given> given = new LinkedHashMap<>();
    for (Line line : lines) {
      Source source = new Source(layer, place + ": " + line.key());
      Option<?> option = line.option();
      if (option == null) {
        Set<String> known = new LinkedHashSet<>(others);
        known.addAll(byKey.keySet());
        problems.add(
            "%s: unknown key '%s'%s"
                .formatted(place, line.key(), Suggestion.suffix(line.key(), known)));
      } else if (layer == Source.Layer.ENTRY && option.scope() == Option.Scope.PROCESS) {
        problems.add(
            source, "is of the whole process; move it out of the entry, to the top of the file");
      } else if (line.problem() != null) {
        problems.add(source, line.problem());
      } else if (given.containsKey(option)) {
        problems.add(source, "is given twice");
      } else {
        given.put(option, new Given(source, line.texts()));
      }
    }
    return given;
  }

  private static String form(Option<?> option, JsonToken token) {
    if (token == JsonToken.VALUE_NULL) {
      return "has no value; remove the key, or give it one";
    }
    return switch (option.shape()) {
      case ONE -> "takes one value, " + option.placeholder();
      case SWITCH -> "takes true or false";
      case COMMA_LIST -> "takes a list";
      case REPEATED -> "takes a list of " + option.placeholder();
      case RULES -> "takes a list of mappings, such as '- {kind: presence, action: drop}'";
    };
  }

  private static boolean scalar(YAMLParser yaml, List<String> texts) {
    if (yaml.isCurrentAlias() || !yaml.currentToken().isScalarValue()) {
      return false;
    }
    texts.add(yaml.getString());
    return true;
  }

  /** A YAML list: several values of a repeatable option, else one value with commas. */
  private static boolean list(YAMLParser yaml, Option<?> option, List<String> texts) {
    List<String> elements = new ArrayList<>();
    boolean usable = true;
    for (JsonToken t = yaml.nextToken(); t != JsonToken.END_ARRAY; t = yaml.nextToken()) {
      if (t == JsonToken.START_OBJECT && option.shape() == Option.Shape.RULES) {
        usable &= FileRule.read(yaml, elements);
      } else if (t.isStructStart()) {
        yaml.skipChildren();
        usable = false;
      } else {
        usable &= t != JsonToken.VALUE_NULL && scalar(yaml, elements);
      }
    }
    switch (option.shape()) {
      case ONE, SWITCH -> usable = false;
      case COMMA_LIST -> texts.add(String.join(",", elements));
      case REPEATED, RULES -> texts.addAll(elements);
    }
    return usable;
  }

  /** A mapping is a list of {@code name: value}, as headers are written. */
  private static boolean mapping(YAMLParser yaml, Option<?> option, List<String> texts) {
    boolean usable = option.shape() == Option.Shape.REPEATED;
    while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = yaml.currentName();
      JsonToken token = yaml.nextToken();
      List<String> value = new ArrayList<>();
      if (token.isStructStart()) {
        yaml.skipChildren();
        usable = false;
      } else if (token == JsonToken.VALUE_NULL || !scalar(yaml, value)) {
        usable = false;
      } else {
        texts.add(name + ": " + value.get(0));
      }
    }
    return usable;
  }
}
