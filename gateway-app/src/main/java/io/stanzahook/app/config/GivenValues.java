package io.stanzahook.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What flags, environment and file give, by the order of precedence and not parsed yet.
 *
 * @param top what holds for the process and, where they do not say otherwise, for all components
 * @param components the file's list of components; null where it has none
 */
record GivenValues(Map<Option<?>, Given> top, @Nullable List<ComponentEntry> components) {

  /**
   * Gathers it.
   *
   * @param options those that the command knows
   * @param flags what the command line gave
   * @param problems where everything that is wrong is noted
   */
  static GivenValues read(
      List<Option<?>> options,
      Map<Option<?>, Given> flags,
      Map<String, String> environment,
      Problems problems) {
    Map<Option<?>, Given> strongest = new LinkedHashMap<>(Environment.read(environment, options));
    strongest.putAll(flags);
    List<ComponentEntry> components = null;
    Given config = strongest.get(ProcessOptions.CONFIG);
    if (config != null) {
      Path path = OptionValues.parseOne(ProcessOptions.CONFIG, config, problems);
      if (path != null) {
        ConfigFile.Content file = ConfigFile.read(path, config.source(), options, problems);
        file.given().forEach(strongest::putIfAbsent);
        components = file.components();
      }
    }
    return new GivenValues(strongest, components);
  }

  /** What holds for each component, one after another: the one of the top, or those of the list. */
  List<Map<Option<?>, Given>> ofComponents() {
    List<Map<Option<?>, Given>> all = new ArrayList<>();
    if (components == null) {
      return List.of(top);
    }
    for (ComponentEntry entry : components) {
      Map<Option<?>, Given> own = new LinkedHashMap<>(top);
      own.putAll(entry.given());
      all.add(own);
    }
    return all;
  }
}
