package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The environment's variables that are options. */
final class Environment {
  private Environment() {}

  /**
   * What is given. A variable that is set to nothing counts as not set, as compose files do that;
   * the values of a repeatable option stand on lines of their own.
   */
  static Map<Option<?>, Given> read(Map<String, String> environment, List<Option<?>> options) {
    Map<Option<?>, Given> given = new LinkedHashMap<>();
    for (Option<?> option : options) {
      String text = environment.getOrDefault(option.variable(), "");
      if (text.isEmpty()) {
        continue;
      }
      List<String> texts =
          option.shape().isRepeated()
              ? text.lines().filter(line -> !line.isBlank()).toList()
              : List.of(text);
      given.put(option, new Given(new Source(Source.Layer.ENVIRONMENT, option.variable()), texts));
    }
    return given;
  }

  /** A line for each variable that looks like ours and is none: a warning, never an error. */
  static List<String> unknown(Map<String, String> environment, List<Option<?>> options) {
    List<String> names = options.stream().map(Option::variable).toList();
    List<String> warnings = new ArrayList<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(Option.VARIABLE_PREFIX) && !names.contains(name)) {
        warnings.add(
            "the environment's %s is no setting and is ignored%s"
                .formatted(name, Suggestion.suffix(name, names)));
      }
    }
    return warnings;
  }
}
