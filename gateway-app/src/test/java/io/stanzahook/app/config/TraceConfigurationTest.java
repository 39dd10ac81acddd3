package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.trace.Tracing;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --trace-context}, {@code --trace-sample}, {@code --trace-endpoint}. */
class TraceConfigurationTest {
  @Test
  void requestsAreTracedAndNothingIsSentByDefault() throws Exception {
    AppSettings settings = read();

    assertThat(settings.gateway().webhook().tracing().of("w", 1).sampled()).isTrue();
    assertThat(settings.traceEndpoint()).isNull();
  }

  @Test
  void comesFromFlagsOrFile(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("c.yaml"),
            "trace_context: on\ntrace_sample: 0\ntrace_endpoint: http://otel:4318/v1/traces\n");
    AppSettings settings = read("--config=" + config);

    assertThat(settings.gateway().webhook().tracing().isOn()).isTrue();
    assertThat(settings.gateway().webhook().tracing().of("w", 1).sampled()).isFalse();
    assertThat(settings.traceEndpoint()).isEqualTo(URI.create("http://otel:4318/v1/traces"));
    assertThat(read("--trace-context=off").gateway().webhook().tracing()).isSameAs(Tracing.OFF);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--trace-context=yes|--trace-context: 'yes' is neither on nor off",
        "--trace-sample=2|--trace-sample: '2' is not a number from 0 to 1, such as 0.01",
        "--trace-sample=NaN|--trace-sample: 'NaN' is not a number from 0 to 1, such as 0.01",
        "--trace-endpoint=otel:4318|--trace-endpoint: is not an http or https URL, such as"
            + " http://localhost:4318/v1/traces",
        "--trace-endpoint=http://a b/|--trace-endpoint: is not an http or https URL, such as"
            + " http://localhost:4318/v1/traces"
      })
  void whatCannotBeMeantIsAProblem(String flag, String problem) {
    assertThat(problems(flag)).containsExactly(problem);
  }

  @Test
  void spansNeedTraces() {
    assertThat(problems("--trace-context=off", "--trace-endpoint=http://otel/v1/traces"))
        .containsExactly("--trace-endpoint: there are no traces to send with --trace-context off");
  }

  private static List<String> problems(String... flags) {
    return RunFlags.problems(RunFlags.REQUIRED, flags);
  }

  private static AppSettings read(String... flags) throws ConfigurationException {
    return RunFlags.read(RunFlags.REQUIRED, flags);
  }
}
