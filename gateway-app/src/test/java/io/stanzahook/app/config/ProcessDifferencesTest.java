package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reload says of each setting of the process that it needs a restart, and of no other. */
class ProcessDifferencesTest {
  /** They are read again, or where they are named is not what is read. */
  private static final Set<String> NOT_TOLD = Set.of("api_token_file", "config");

  private final Map<String, String> others = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  ProcessDifferencesTest(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("x.mustache"), "hello");
    others.put("http_listen", "127.0.0.1:1");
    others.put("drain_timeout", "1s");
    others.put("api_rate", "1");
    others.put("delivery_log", "1");
    others.put("delivery_log_bodies", "true");
    others.put("transport", "nio");
    others.put("log_format", "json");
    others.put("trace_context", "off");
    others.put("trace_sample", "0.5");
    others.put("trace_endpoint", "http://localhost:1/v1/traces");
    others.put("room_nick", "nick");
    others.put("templates", folder.toString());
    environment.put("STANZAHOOK_COMPONENT", "a.example");
    environment.put("STANZAHOOK_SECRET", "s");
    environment.put("STANZAHOOK_POST_URL", "http://h/");
  }

  private AppSettings read() throws ConfigurationException {
    return Configuration.read(Map.of(), List.of(), environment, "1");
  }

  @Test
  void everySettingOfTheProcessIsTold() throws Exception {
    assertThat(others.keySet())
        .as("a setting of the process is missing here and, maybe, in processDifferences")
        .containsExactlyInAnyOrderElementsOf(
            RunOptions.ALL.stream()
                .filter(option -> option.scope() == Option.Scope.PROCESS)
                .map(Option::key)
                .filter(key -> !NOT_TOLD.contains(key))
                .toList());
    AppSettings usual = read();
    assertThat(usual.processDifferences(read())).isEmpty();
    for (Map.Entry<String, String> other : others.entrySet()) {
      String variable = Option.VARIABLE_PREFIX + other.getKey().toUpperCase(java.util.Locale.ROOT);
      environment.put(variable, other.getValue());
      assertThat(usual.processDifferences(read())).containsExactly(other.getKey());
      assertThat(read().processDifferences(read())).isEmpty();
      environment.remove(variable);
    }
  }

  @Test
  void whatIsOfAComponentIsNot() throws Exception {
    AppSettings usual = read();
    environment.put("STANZAHOOK_QUEUE", "7");
    environment.put("STANZAHOOK_POST_URL", "http://other/");
    assertThat(usual.processDifferences(read())).isEmpty();
  }
}
