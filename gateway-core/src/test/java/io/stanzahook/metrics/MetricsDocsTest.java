package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.dispatch.DeliveryListener.RefusalReason;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * docs/metrics.md is what {@link GatewayMeter} declares. To write it anew: {@code mvn -pl
 * gateway-core test -Dtest=MetricsDocsTest -Ddocs.write=true}.
 */
class MetricsDocsTest {
  // Tests run in the module's directory.
  private static final Path FILE = Path.of("..", "docs", "metrics.md");

  @Test
  void thePageIsGeneratedFromTheMeters() throws IOException {
    String page = render();
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, page);
    }
    assertThat(FILE).hasContent(page);
  }

  private static String render() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Metrics

        <!-- Generated from GatewayMeter.java by MetricsDocsTest: change it there. -->

        `GET /metrics` at `--http-listen` shows these, in Prometheus' text format, or in OpenMetrics where the scraper
        asks for it. Each has the label `component`, the component's domain, besides those listed.

        | name | type | labels | unit | meaning |
        |---|---|---|---|---|
        """);
    for (GatewayMeter meter : GatewayMeter.values()) {
      String labels =
          meter.labels().stream().map(l -> "`" + l + "`").collect(Collectors.joining(", "));
      page.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  meter.prometheusName(),
                  meter.type().name().toLowerCase(Locale.ROOT),
                  labels,
                  meter.unit() == null ? "" : meter.unit(),
                  meter.description()));
    }
    String buckets =
        GatewayMeter.BUCKETS.stream()
            .map(b -> b.toMillis() < 1000 ? b.toMillis() + " ms" : b.toSeconds() + " s")
            .collect(Collectors.joining(", "));
    page.append(
        """

        Histograms have the series `_bucket`, `_count`, `_sum` and `_max` (the largest of the last minutes). Buckets
        end at %s.

        Beside them stand the JVM's meters (`jvm_…`), the process's (`process_…`, `system_…`), and Reactor Netty's
        connection pools (`reactor_netty_connection_provider_…`).

        ## Reasons

        A label `reason` has at most %d different values; further ones count as `other`.

        - Refused stanzas: %s from the dispatcher; %s while reading.
        - Quarantined stanzas: %s.
        - Dropped replies: %s.
        """
            .formatted(
                buckets,
                ReasonCounters.MAX_REASONS,
                list(RefusalReason.values(), RefusalReason::label),
                list(Refusal.values(), Refusal::label),
                list(
                    Arrays.stream(StreamCondition.values())
                        .filter(c -> c.cause() == StreamCondition.Cause.OUR_OUTPUT)
                        .toArray(StreamCondition[]::new),
                    StreamCondition::elementName),
                list(DroppedReply.Reason.values(), DroppedReply.Reason::label)));
    return page.toString();
  }

  private static <E> String list(E[] constants, Function<E, String> label) {
    return Arrays.stream(constants)
        .map(c -> "`" + label.apply(c) + "`")
        .collect(Collectors.joining(", "));
  }
}
