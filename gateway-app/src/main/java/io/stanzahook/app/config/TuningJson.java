package io.stanzahook.app.config;

import io.stanzahook.Tuning;
import io.stanzahook.dispatch.FlowSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What may be changed while the gateway runs, as JSON; names and values are those of the flags. */
public final class TuningJson {
  private static final JsonMapper JSON = new JsonMapper();

  private static final List<Option<?>> OPTIONS =
      List.of(
          RunOptions.CONCURRENCY,
          RunOptions.QUEUE,
          RunOptions.TIMEOUT,
          RunOptions.RETRY_FOR,
          RunOptions.OVERLOAD,
          BrakeOptions.ANSWERS_PER_MINUTE);

  private TuningJson() {}

  /** Names and values; numbers as integers, everything else as text. */
  public static Map<String, Object> values(Tuning tuning) {
    FlowSettings flow = tuning.flow();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(
        RunOptions.CONCURRENCY.key(),
        flow.concurrency().automatic()
            ? (Object) flow.concurrency().toString()
            : flow.concurrency().most());
    values.put(RunOptions.QUEUE.key(), flow.queue());
    values.put(RunOptions.TIMEOUT.key(), ValueParsers.show(tuning.timeout()));
    values.put(RunOptions.RETRY_FOR.key(), ValueParsers.show(tuning.retryFor()));
    values.put(RunOptions.OVERLOAD.key(), flow.overload().name().toLowerCase(Locale.ROOT));
    values.put(BrakeOptions.ANSWERS_PER_MINUTE.key(), flow.answersPerMinute());
    return values;
  }

  /**
   * Settings with the values that a JSON object names in place of theirs (RFC 7396).
   *
   * @throws ConfigurationException with all that is wrong; then nothing is to be changed
   */
  public static Tuning merge(Tuning before, String text) throws ConfigurationException {
    List<String> problems = new ArrayList<>();
    JsonNode object = read(text);
    List<String> names = OPTIONS.stream().map(Option::key).toList();
    object.propertyNames().stream()
        .filter(name -> !names.contains(name))
        .forEach(
            name ->
                problems.add(
                    "'%s' cannot be changed while the gateway runs%s"
                        .formatted(name, Suggestion.suffix(name, names))));
    FlowSettings flow = before.flow();
    var concurrency = value(object, RunOptions.CONCURRENCY, flow.concurrency(), problems);
    var queue = value(object, RunOptions.QUEUE, flow.queue(), problems);
    var timeout = value(object, RunOptions.TIMEOUT, before.timeout(), problems);
    var retryFor = value(object, RunOptions.RETRY_FOR, before.retryFor(), problems);
    var overload = value(object, RunOptions.OVERLOAD, flow.overload(), problems);
    var answers = value(object, BrakeOptions.ANSWERS_PER_MINUTE, flow.answersPerMinute(), problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Tuning(new FlowSettings(concurrency, queue, overload, answers), timeout, retryFor);
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

  private static <T> T value(JsonNode object, Option<T> option, T before, List<String> problems) {
    JsonNode node = object.get(option.key());
    if (node == null) {
      return before;
    }
    if (!node.isString() && !node.isNumber()) {
      problems.add("%s: must be a number or a text".formatted(option.key()));
      return before;
    }
    try {
      return option.parser().parse(node.asString());
    } catch (InvalidValueException e) {
      problems.add("%s: %s".formatted(option.key(), e.getMessage()));
      return before;
    }
  }
}
