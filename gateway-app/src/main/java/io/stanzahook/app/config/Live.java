package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.settings.Suggestion;
import io.stanzahook.settings.Values;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settings that may change while a gateway runs. In JSON they have the names and values of the
 * flags.
 */
public final class Live {
  private static final JsonMapper JSON = new JsonMapper();

  /** These come first in answers, because clients may show them in that order. */
  private static final List<String> FIRST = List.of("concurrency", "queue", "timeout", "retry-for");

  /** What a reload changes. Only a reload reads files again, and takes lists. */
  private static final List<Option> TUNED =
      RunOptions.COMPONENT.stream()
          .filter(Option::isLive)
          .sorted(Comparator.comparingInt(Live::rank))
          .toList();

  private static final List<Option> OPTIONS = TUNED.stream().filter(Option::isPatched).toList();

  private Live() {}

  private static int rank(Option option) {
    int first = FIRST.indexOf(option.name());
    return first < 0 ? FIRST.size() : first;
  }

  /** Their names and values: numbers and booleans as such, everything else as text. */
  public static Map<String, Object> shown(GatewaySettings settings) {
    Map<String, Object> all = Settings.values(settings);
    Map<String, Object> shown = new LinkedHashMap<>();
    for (Option option : OPTIONS) {
      Object value = all.get(option.name());
      if (value != null) {
        shown.put(option.key(), shown(option, value));
      }
    }
    return shown;
  }

  private static Object shown(Option option, Object value) {
    if (value instanceof Boolean truth && option.placeholder().equals("on|off")) {
      return truth ? "on" : "off";
    }
    if (value instanceof Concurrency concurrency) {
      return concurrency.automatic() ? concurrency.toString() : concurrency.most();
    }
    if (value instanceof Duration duration) {
      return Values.show(duration);
    }
    if (value instanceof Enum<?> constant) {
      return Values.label(constant);
    }
    return value instanceof Integer || value instanceof Boolean ? value : value.toString();
  }

  /** The running settings, with the next values of those settings that may change. */
  public static GatewaySettings tuned(GatewaySettings settings, GatewaySettings next) {
    Map<String, Object> changes = Settings.values(next);
    Map<String, @Nullable Object> taken = new LinkedHashMap<>();
    for (Option option : TUNED) {
      // If a file is no longer given, its value is gone too.
      if (changes.containsKey(option.name()) || option.said().file() != 0) {
        taken.put(option.name(), changes.get(option.name()));
      }
    }
    return Settings.with(settings, taken);
  }

  /**
   * The settings with the changes of a JSON object (RFC 7396).
   *
   * @throws ConfigurationException with all problems
   */
  public static GatewaySettings merge(GatewaySettings before, String text)
      throws ConfigurationException {
    JsonNode object = read(text);
    Problems problems = new Problems();
    Map<String, Option> byKey = new LinkedHashMap<>();
    OPTIONS.forEach(option -> byKey.put(option.key(), option));
    object.propertyNames().stream()
        .filter(name -> !byKey.containsKey(name))
        .forEach(
            name ->
                problems.add(
                    "'%s' cannot be changed while the gateway runs%s"
                        .formatted(name, Suggestion.suffix(name, byKey.keySet()))));
    Map<String, Object> changes = new LinkedHashMap<>();
    byKey.forEach(
        (key, option) -> {
          JsonNode node = object.get(key);
          if (node != null && !node.isString() && !node.isNumber() && !node.isBoolean()) {
            problems.add("%s: must be a number or a text".formatted(key));
          } else if (node != null) {
            Source source = new Source(Source.Layer.ENTRY, key);
            Object value = OptionValues.parse(option, node.asString(), source, problems);
            if (value != null) {
              changes.put(option.name(), value);
            }
          }
        });
    problems.throwIfAny();
    return Settings.with(before, changes);
  }

  private static JsonNode read(String text) throws ConfigurationException {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isObject() && !node.isEmpty()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new ConfigurationException(List.of("the body is not JSON: " + e.getOriginalMessage()));
    }
    throw new ConfigurationException(
        List.of("the body is not a JSON object with settings, such as {\"concurrency\":64}"));
  }
}
