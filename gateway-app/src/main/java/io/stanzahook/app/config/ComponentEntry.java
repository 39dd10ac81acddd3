package io.stanzahook.app.config;

import java.util.Map;

/**
 * An entry of the file's {@code components}.
 *
 * @param place as a person would name it: {@code config.yaml: components: bot.example.org}
 * @param given what it says
 */
record ComponentEntry(String place, Map<Option<?>, Given> given) {
  ComponentEntry {
    given = Map.copyOf(given);
  }
}
