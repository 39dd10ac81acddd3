package io.stanzahook.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsEndpointTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/openmetrics-text|true",
        "text/plain, Application/OpenMetrics-Text; version=1.0.0|true",
        "application/openmetrics-text;q=0.5|true",
        "application/openmetrics-text;q=0|false",
        "application/openmetrics-text; version=1.0.0; q=0.0|false",
        "text/plain|false",
        "*/*|false",
        "''|false"
      })
  void asksForOpenMetrics(String accept, boolean expected) {
    assertThat(MetricsEndpoint.asksForOpenMetrics(accept)).isEqualTo(expected);
  }
}
