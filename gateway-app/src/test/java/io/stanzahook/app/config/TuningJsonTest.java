package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.Tuning;
import io.stanzahook.dispatch.Concurrency;
import io.stanzahook.dispatch.FlowSettings;
import io.stanzahook.dispatch.FlowSettings.Overload;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TuningJsonTest {
  private static final Tuning BEFORE =
      new Tuning(
          new FlowSettings(Concurrency.of(256), 10_000, Overload.BACKPRESSURE),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10));

  @Test
  void valuesAreWrittenAsInFlags() {
    assertThat(TuningJson.values(BEFORE))
        .hasToString(
            "{concurrency=256, queue=10000, timeout=30s, retry_for=10s, overload=backpressure,"
                + " answers_per_minute=0}");
  }

  @Test
  void whatIsNamedChangesAndNothingElse() throws Exception {
    assertThat(TuningJson.merge(BEFORE, "{\"queue\": 5}"))
        .isEqualTo(
            new Tuning(
                new FlowSettings(Concurrency.of(256), 5, Overload.BACKPRESSURE),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10)));
    assertThat(
            TuningJson.merge(
                BEFORE,
                "{\"concurrency\": \"auto\", \"timeout\": \"1500ms\", \"retry_for\": \"0s\","
                    + " \"overload\": \"reject\", \"answers_per_minute\": 6}"))
        .isEqualTo(
            new Tuning(
                new FlowSettings(Concurrency.AUTO, 10_000, Overload.REJECT, 6),
                Duration.ofMillis(1500),
                Duration.ZERO));
    assertThat(TuningJson.merge(BEFORE, "{\"concurrency\": \"12\"}").flow().concurrency())
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
        catchThrowableOfType(ConfigurationException.class, () -> TuningJson.merge(BEFORE, body));
    assertThat(refused).as("refusal of %s", body).isNotNull();
    return refused.problems();
  }
}
