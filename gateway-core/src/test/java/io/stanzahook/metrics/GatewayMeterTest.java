package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.WebhookEndpoint;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is registered is what is declared, by the rules of the Prometheus registry itself. */
class GatewayMeterTest {
  private static final WebhookEndpoint ENDPOINT =
      new WebhookEndpoint() {
        @Override
        public String name() {
          return "https://bot.example.org";
        }

        @Override
        public BreakerState breakerState() {
          return BreakerState.CLOSED;
        }

        @Override
        public int inFlight() {
          return 6;
        }

        @Override
        public long calls(String outcome) {
          return 7;
        }
      };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  GatewayMeterTest() {
    GatewayMetrics metrics = new GatewayMetrics(registry, "gw.localhost");
    metrics.bind(new GatewayGauges(() -> 1, () -> 2, () -> 3, () -> 4, () -> 5));
    metrics.bindRooms(state -> 1);
    metrics.bindSpool(() -> new JournalFigures(1, 2, 3, 4, 5, false));
    metrics.bindEndpoints(List.of(ENDPOINT));
  }

  @Test
  void registersEachDeclaredMeterAndNoOther() {
    Set<String> registered =
        registry.getMeters().stream().map(m -> m.getId().getName()).collect(Collectors.toSet());

    assertThat(registered)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(GatewayMeter.values()).map(GatewayMeter::meterName).toList());
  }

  @Test
  void everyMeterHasItsDeclaredLabels() {
    for (GatewayMeter meter : GatewayMeter.values()) {
      Set<String> expected = new HashSet<>(meter.labels());
      expected.add("component");
      for (Meter registered : registry.get(meter.meterName()).meters()) {
        assertThat(registered.getId().getTags())
            .as(meter.meterName())
            .extracting(Tag::getKey)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  @Test
  void thePrometheusNameIsTheOneScraped() {
    List<String> scraped = registry.scrape().lines().toList();
    for (GatewayMeter meter : GatewayMeter.values()) {
      String type =
          switch (meter.type()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case HISTOGRAM, SIZES -> "histogram";
          };
      assertThat(scraped).contains("# TYPE " + meter.prometheusName() + " " + type);
    }
  }

  @Test
  void namesAreThoseOfTheContract() {
    Set<String> names =
        Arrays.stream(GatewayMeter.values())
            .map(m -> m.prometheusName() + m.labels())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(names)
        .containsExactlyInAnyOrder(
            "stanzahook_stanzas_received_total[kind]",
            "stanzahook_stanzas_sent_total[kind]",
            "stanzahook_stanzas_refused_total[reason]",
            "stanzahook_stanzas_quarantined_total[reason]",
            "stanzahook_webhook_request_seconds[outcome, status]",
            "stanzahook_spool_depth[]",
            "stanzahook_spool_oldest_seconds[]",
            "stanzahook_spool_bytes[]",
            "stanzahook_spool_limit_bytes[]",
            "stanzahook_dead_letters[]",
            "stanzahook_dead_letters_added_total[cause]",
            "stanzahook_dead_letters_discarded_total[]",
            "stanzahook_webhook_batch_size[]",
            "stanzahook_webhook_in_flight[]",
            "stanzahook_webhook_concurrency_limit[]",
            "stanzahook_webhook_retries_total[reason]",
            "stanzahook_webhook_breaker_state[]",
            "stanzahook_webhook_endpoint_calls_total[endpoint, outcome]",
            "stanzahook_webhook_endpoint_in_flight[endpoint]",
            "stanzahook_webhook_endpoint_breaker_state[endpoint]",
            "stanzahook_webhook_replies_dropped_total[reason]",
            "stanzahook_queue_depth[]",
            "stanzahook_queue_oldest_seconds[]",
            "stanzahook_delivery_seconds[]",
            "stanzahook_answers_held_total[]",
            "stanzahook_bot_conversations_total[]",
            "stanzahook_rooms[state]",
            "stanzahook_rooms_lost_total[reason]",
            "stanzahook_stream_connected[]",
            "stanzahook_stream_connects_total[]",
            "stanzahook_stream_failures_total[reason]",
            "stanzahook_stream_paused_seconds_total[]");
  }

  @Test
  void histogramsHaveTheDeclaredBuckets() {
    assertThat(registry.scrape().lines().filter(l -> l.startsWith("stanzahook_delivery_seconds_b")))
        .hasSize(GatewayMeter.BUCKETS.size() + 1)
        .anyMatch(l -> l.contains("le=\"0.001\""))
        .anyMatch(l -> l.contains("le=\"30.0\""))
        .anyMatch(l -> l.contains("le=\"+Inf\""));
  }
}
