package io.stanzahook.app.config;

import io.stanzahook.settings.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Options in environment variables. */
public final class Environment {
  private Environment() {}

  /**
   * The options that are set. A variable with an empty value counts as not set, because compose
   * files set such variables. A repeatable option has one value on each line.
   */
  static Map<String, Given> read(Map<String, String> environment, List<Option> options) {
    Map<String, Given> given = new LinkedHashMap<>();
    for (Option option : options) {
      String text = environment.getOrDefault(option.variable(), "");
      if (text.isEmpty()) {
        continue;
      }
      List<String> texts =
          option.form().shape().isRepeated()
              ? text.lines().filter(line -> !line.isBlank()).toList()
              : List.of(text);
      given.put(
          option.name(), new Given(new Source(Source.Layer.ENVIRONMENT, option.variable()), texts));
    }
    return given;
  }

  /**
   * A warning for each variable that looks like one of ours and that the command ignores.
   *
   * @param options those that the command has
   * @param variables those that it reads from the environment; if it reads none, there are warnings
   *     only about its own options
   */
  public static List<String> warnings(
      Map<String, String> environment,
      String command,
      List<Option> options,
      List<Option> variables) {
    List<String> own = options.stream().map(Option::variable).toList();
    List<String> read = variables.stream().map(Option::variable).toList();
    List<String> warnings = new ArrayList<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (!name.startsWith(Option.VARIABLE_PREFIX) || read.contains(name)) {
        continue;
      }
      if (own.contains(name)) {
        warnings.add(
            "the environment's %s is ignored: %s takes that as a flag alone"
                .formatted(name, command));
      } else if (!read.isEmpty()) {
        warnings.add(
            isOfOthers(name)
                ? "the environment's %s is no setting of %s and is ignored".formatted(name, command)
                : "the environment's %s is no setting and is ignored%s"
                    .formatted(name, Suggestion.suffix(name, read)));
      }
    }
    return warnings;
  }

  private static boolean isOfOthers(String name) {
    return Option.all(RunOptions.ALL, SandboxOptions.ALL).stream()
        .anyMatch(option -> option.variable().equals(name));
  }
}
