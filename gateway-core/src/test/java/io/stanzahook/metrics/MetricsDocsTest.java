package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.delivery.RetryReason;
import io.stanzahook.rooms.LossReason;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.WebhookResult;
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
 * docs/operate/metrics.md is what {@link GatewayMeter} declares. To write it anew: {@code mvn -pl
 * gateway-core test -Dtest=MetricsDocsTest -Ddocs.write=true}.
 */
class MetricsDocsTest {
  // Tests run in the module's directory.
  private static final Path FILE = Path.of("..", "docs", "operate", "metrics.md");

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
        asks for it: then the histograms' buckets have exemplars that name the trace of the webhook's `traceparent`.
        Each has the label `component`, the component's domain, besides those listed.

        | name | type | labels | unit | meaning | moves |
        |---|---|---|---|---|---|
        """);
    for (GatewayMeter meter : GatewayMeter.values()) {
      String labels =
          meter.labels().stream().map(l -> "`" + l + "`").collect(Collectors.joining(", "));
      page.append(
          "| `%s` | %s | %s | %s | %s | %s |%n"
              .formatted(
                  meter.prometheusName(),
                  meter.type().name().toLowerCase(Locale.ROOT),
                  labels,
                  meter.unit() == null ? "" : meter.unit(),
                  meter.description(),
                  meter.moves()));
    }
    String buckets =
        GatewayMeter.BUCKETS.stream()
            .map(b -> b.toMillis() < 1000 ? b.toMillis() + " ms" : b.toSeconds() + " s")
            .collect(Collectors.joining(", "));
    page.append(
        """

        Histograms have the series `_bucket`, `_count`, `_sum` and `_max` (the largest of the last minutes). Buckets
        end at %s.

        ## Values of the labels

        Each label has a bounded set of values, whatever users, servers and webhooks do. A `reason` has at most %d
        different ones; further ones count as `other`.

        | label | of | values |
        |---|---|---|
        | `component` | all | the component's domain |
        | `kind` | `stanzas_received_total`, `stanzas_sent_total` | %s |
        | `outcome` | `webhook_request_seconds` | `ok`, %s |
        | `status` | `webhook_request_seconds` | `none`, or the webhook's, from `100` to `999` |
        | `reason` | `stanzas_refused_total`, by the dispatcher | %s |
        | `reason` | `stanzas_refused_total`, while reading | %s |
        | `reason` | `stanzas_quarantined_total` | %s |
        | `reason` | `webhook_retries_total` | %s |
        | `reason` | `webhook_replies_dropped_total` | %s |
        | `cause` | `dead_letters_added_total` | `status_` and the webhook's status, or `not_sent`, `unknown`, `undecodable`, `held_back`, `unreadable`, `too_large` |
        | `state` | `rooms` | %s |
        | `reason` | `rooms_lost_total` | %s |
        | `reason` | `stream_failures_total`, by itself | `closed`, `connect`, `tls`, `timeout`, `io`, `ping_timeout`, `no_id` |
        | `reason` | `stream_failures_total`, the server's stream error | %s |
        | `reason` | `stream_failures_total`, what the server sent is no XMPP | `server_` and one of the former |

        ## Of the process

        Beside them stand meters of the process; but for the first two, libraries declare them. They have no label `component`.

        | names | of |
        |---|---|
        | `stanzahook_api_requests_seconds` | requests at `--http-listen`, from their headers to their answer: count, sum and largest, by `endpoint` (a path of `GET /openapi.json` up to what names somebody, such as `/msg` and `/admin/dead-letters/{id}`, or `other` for paths that are not there) and `status` |
        | `stanzahook_api_refused_total` | requests at `--http-listen` that were refused for who made them, or how often: by `credential` (the line's `name=`, `line N`, or `unknown`) and `reason` (`credentials`, `forbidden`, `from`, `rate`, or the share: `requests`, `iqs`, `rooms`, `room_messages`, `searches`, `pages`) |
        | `process_cpu_seconds_total`, `process_cpu_usage`, `process_start_time_seconds`, `process_uptime_seconds`, `process_files_open_files`, `process_files_max_files` | the process |
        | `system_cpu_usage`, `system_cpus`, `system_load_average_1m` | the machine |
        | `jvm_memory_used_bytes`, `jvm_memory_committed_bytes`, `jvm_memory_max_bytes`, `jvm_buffer_count_buffers`, `jvm_buffer_memory_used_bytes`, `jvm_buffer_total_capacity_bytes` | the JVM's memory, by `area` and `id` |
        | `jvm_gc_pause_seconds`, `jvm_gc_concurrent_phase_time_seconds`, `jvm_gc_memory_allocated_bytes_total`, `jvm_gc_memory_promoted_bytes_total`, `jvm_gc_live_data_size_bytes`, `jvm_gc_max_data_size_bytes` | garbage collection |
        | `jvm_threads_live_threads`, `jvm_threads_daemon_threads`, `jvm_threads_peak_threads`, `jvm_threads_started_threads_total`, `jvm_threads_states_threads` | threads |
        | `jvm_classes_loaded_classes`, `jvm_classes_loaded_count_classes_total`, `jvm_classes_unloaded_classes_total`, `jvm_info` | classes, and which JVM it is |
        | `netty_allocator_memory_used_bytes`, `netty_eventexecutor_workers`, `netty_eventexecutor_tasks_pending` | Netty's buffers and event loops |
        | `reactor_netty_connection_provider_total_connections`, `reactor_netty_connection_provider_active_connections`, `reactor_netty_connection_provider_idle_connections`, `reactor_netty_connection_provider_max_connections`, `reactor_netty_connection_provider_pending_connections`, `reactor_netty_connection_provider_max_pending_connections`, `reactor_netty_connection_provider_pending_connections_time_seconds` | Reactor Netty's pool of connections to the webhook, by `remote_address` |
        """
            .formatted(
                buckets,
                ReasonCounters.MAX_REASONS,
                list(StanzaKind.values(), StanzaKind::elementName),
                list(
                    Arrays.stream(WebhookResult.Outcome.values())
                        .filter(o -> o != WebhookResult.Outcome.HELD_BACK)
                        .toArray(WebhookResult.Outcome[]::new),
                    WebhookResult.Outcome::label),
                list(RefusalReason.values(), RefusalReason::label),
                list(Refusal.values(), Refusal::label),
                list(
                    Arrays.stream(StreamCondition.values())
                        .filter(c -> c.cause() == StreamCondition.Cause.OUR_OUTPUT)
                        .toArray(StreamCondition[]::new),
                    StreamCondition::elementName),
                list(RetryReason.values(), RetryReason::label),
                list(DroppedReply.Reason.values(), DroppedReply.Reason::label),
                list(RoomState.values(), RoomState::label),
                list(LossReason.values(), LossReason::label),
                list(StreamCondition.values(), StreamCondition::elementName)));
    return page.toString();
  }

  private static <E> String list(E[] constants, Function<E, String> label) {
    return Arrays.stream(constants)
        .map(c -> "`" + label.apply(c) + "`")
        .collect(Collectors.joining(", "));
  }
}
