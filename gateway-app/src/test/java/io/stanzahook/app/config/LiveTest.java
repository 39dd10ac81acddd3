package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.GatewaySettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveTest {
  private static final GatewaySettings BEFORE = read("--retry-for=10s");

  private static GatewaySettings read(String... flags) {
    List<String> all =
        new ArrayList<>(List.of("--component=a", "--secret=s", "--post-url=http://h/"));
    all.addAll(List.of(flags));
    try {
      AppSettings read = Configuration.read(RunFlags.parse(all), Map.of(), "1");
      return Settings.with(read.gateway(), "tracing", Tracing.OFF);
    } catch (ConfigurationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void valuesAreWrittenAsInFlags() {
    assertThat(Live.shown(BEFORE))
        .containsAllEntriesOf(
            Map.of(
                "concurrency", "auto",
                "queue", 10_000,
                "timeout", "30s",
                "retry_for", "10s",
                "post_connection_lifetime", "120s",
                "replies", "on",
                "overload", "backpressure"));
    assertThat(Live.shown(BEFORE).keySet())
        .startsWith("concurrency", "queue", "timeout", "retry_for");
  }

  @Test
  void whatIsNamedChangesAndNothingElse() throws Exception {
    assertThat(Live.merge(BEFORE, "{\"queue\": 5}"))
        .isEqualTo(read("--retry-for=10s", "--queue=5"));
    assertThat(
            Live.merge(
                BEFORE,
                "{\"concurrency\": \"auto\", \"timeout\": \"1500ms\", \"retry_for\": \"0s\","
                    + " \"overload\": \"reject\", \"answers_per_minute\": 6}"))
        .isEqualTo(
            read(
                "--concurrency=auto",
                "--timeout=1500ms",
                "--retry-for=0s",
                "--overload=reject",
                "--answers-per-minute=6"));
    assertThat(Live.merge(BEFORE, "{\"concurrency\": \"12\"}").dispatch().flow().concurrency())
        .isEqualTo(Concurrency.of(12));
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThat(
            problems(
                "{\"concurrency\":0,\"queue\":1.5,\"timeout\":30,\"retry_for\":\"1d\",\"overload\":\"drop\","
                    + "\"time_out\":1,\"secret\":\"x\"}"))
        .containsExactly(
            "'time_out' cannot be changed while the gateway runs; did you mean timeout?",
            "'secret' cannot be changed while the gateway runs",
            "concurrency: '0' is not a whole number from 1 to 65536, nor auto",
            "queue: '1.5' is not a whole number from 1 to 10000000",
            "timeout: '30' is not a duration; write it like 500ms, 30s, 5m or 72h",
            "retry_for: '1d' is not a duration; write it like 500ms, 30s, 5m or 72h",
            "overload: 'drop' is none of backpressure, reject");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "{}", "7", "{\"queue\":", "{\"queue\":null}", "{\"queue\":[1]}"})
  void whatIsNoObjectOfSettingsIsRefused(String body) {
    assertThat(problems(body)).hasSize(1);
  }

  private static List<String> problems(String body) {
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> Live.merge(BEFORE, body));
    assertThat(refused).as("refusal of %s", body).isNotNull();
    return refused.problems();
  }
}
