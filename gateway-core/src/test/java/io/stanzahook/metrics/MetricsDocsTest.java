package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.rooms.LossReason;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.stanza.StanzaKind;
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

        `GET /metrics` at `--http-listen` shows these metrics in Prometheus' text format. If the scraper asks for OpenMetrics, the
        buckets of histograms also have exemplars, which name the trace in the webhook's `traceparent`. Each metric also has the
        label `component`, the component's domain.

        | name | type | labels | unit | meaning | when it changes |
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

        Histograms have the series `_bucket`, `_count`, `_sum` and `_max` (the maximum of the last minutes). The upper bounds of
        the buckets are %s.

        ## Values of the labels

        Each label has a limited set of values, whatever users, servers and webhooks do. `reason` has at most %d different
        values. Further ones count as `other`.

        | label | metric | values |
        |---|---|---|
        | `component` | all | the component's domain |
        | `kind` | `stanzas_received_total`, `stanzas_sent_total` | %s |
        | `endpoint` | `webhook_endpoint_calls_total`, `webhook_endpoint_in_flight`, `webhook_endpoint_breaker_state` | one for each URL of `--post-url` and `--post-url-KIND` |
        | `outcome` | `webhook_request_seconds`, `webhook_endpoint_calls_total` | `ok`, %s |
        | `status` | `webhook_request_seconds` | `none`, or the status of the response, from `100` to `999` |
        | `reason` | `stanzas_refused_total`, by the dispatcher | %s |
        | `reason` | `stanzas_refused_total`, while reading | %s |
        | `reason` | `stanzas_quarantined_total` | %s |
        | `reason` | `webhook_retries_total` | %s |
        | `reason` | `webhook_replies_dropped_total` | %s |
        | `cause` | `dead_letters_added_total` | `status_` and the HTTP status, or `not_sent`, `unknown`, `undecodable`, `held_back`, `unreadable`, `too_large` |
        | `state` | `rooms` | %s |
        | `reason` | `rooms_lost_total` | %s |
        | `reason` | `stream_failures_total`, found by the gateway | `closed`, `connect`, `tls`, `timeout`, `io`, `ping_timeout`, `no_id` |
        | `reason` | `stream_failures_total`, a stream error of the server | %s |
        | `reason` | `stream_failures_total`, the server sent something that is not XMPP | `server_` and one of the conditions above |

        ## Metrics of the process

        These metrics describe the process, and have no label `component`. Libraries declare all of them except the first five.

        | names | meaning |
        |---|---|
        | `stanzahook_api_requests_seconds` | requests at `--http-listen`, from their headers to their response: count, sum and maximum, by `endpoint` (a path of `GET /openapi.json` without addresses and ids, such as `/msg` and `/admin/dead-letters/{id}`, or `other` for unknown paths) and `status` |
        | `stanzahook_api_refused_total` | requests at `--http-listen` that were refused because of their credentials or their number, by `credential` (the line's `name=`, `line N`, or `unknown`) and `reason` (`credentials`, `forbidden`, `from`, `rate`, or an exceeded share: `requests`, `iqs`, `rooms`, `room_messages`, `searches`, `pages`) |
        | `stanzahook_tls_certificate_expiry_seconds` | seconds until the first certificate of each file expires, negative afterwards: by `component` (empty for `--http-tls-cert`) and `flag` that names the file. From 14 days before on, the log tells once a day |
        | `stanzahook_build_info` | 1, with the build in the labels `version`, `commit` (`unknown` if the build was not told) and `java_version` |
        | `stanzahook_config_last_reload_successful` | 1 if the configuration was read and applied without problems the last time, 0 after a reload that failed |
        | `stanzahook_cluster_lag_records` | with `--cluster`: messages in the partitions of this process that are not finished |
        | `stanzahook_cluster_append_seconds` | with `--cluster`: time until a record is replicated by the brokers, a histogram |
        | `stanzahook_cluster_slots_owned`, `stanzahook_cluster_slots_unowned` | with `--cluster`: slots of streams that this process owns, and those that no process owns, as this one saw last |
        | `stanzahook_cluster_late_total` | with `--cluster`: messages that were appended by a process that was perhaps not the owner of the stream any more; they may stand behind younger ones |
        | `stanzahook_cluster_passed_on_total` | with `--cluster`: requests at `--http-listen` that need a stream which another node holds, by `outcome`: `answered` (by that node, whatever the status), `unreachable`, `timeout`, `too_large` (its answer), `moved` (the stream, before there was an answer), `no_owner` (no node is known to hold the stream), `too_many` (are passed on already) or `cancelled` (the caller went away) |
        | `kafka_producer_record_send_total`, `kafka_producer_record_error_total`, `kafka_producer_record_retry_total`, `kafka_producer_request_latency_avg`, `kafka_producer_request_latency_max`, `kafka_producer_record_queue_time_avg`, `kafka_producer_record_queue_time_max`, `kafka_producer_batch_size_avg`, `kafka_producer_buffer_available_bytes`, `kafka_producer_connection_count` | with `--cluster`: what Kafka's client says of appending, in milliseconds and bytes; `client` is `append` |
        | `kafka_consumer_coordinator_assigned_partitions`, `kafka_consumer_coordinator_rebalance_total`, `kafka_consumer_coordinator_failed_rebalance_total`, `kafka_consumer_coordinator_rebalance_latency_max`, `kafka_consumer_coordinator_heartbeat_response_time_max`, `kafka_consumer_coordinator_commit_latency_avg`, `kafka_consumer_coordinator_commit_latency_max` | with `--cluster`: what Kafka's client says of its group, in milliseconds, by `client`: `worker` (partitions of messages) and `edge` (slots of streams) |
        | `kafka_consumer_fetch_manager_fetch_total`, `kafka_consumer_fetch_manager_fetch_latency_avg`, `kafka_consumer_fetch_manager_fetch_latency_max`, `kafka_consumer_time_between_poll_max`, `kafka_consumer_connection_count` | with `--cluster`: what Kafka's client says of reading, in milliseconds, by `client` as above |
        | `process_cpu_seconds_total`, `process_cpu_usage`, `process_start_time_seconds`, `process_uptime_seconds`, `process_files_open_files`, `process_files_max_files` | the process |
        | `system_cpu_usage`, `system_cpus`, `system_load_average_1m` | the machine |
        | `jvm_memory_used_bytes`, `jvm_memory_committed_bytes`, `jvm_memory_max_bytes`, `jvm_buffer_count_buffers`, `jvm_buffer_memory_used_bytes`, `jvm_buffer_total_capacity_bytes` | the JVM's memory, by `area` and `id` |
        | `jvm_gc_pause_seconds`, `jvm_gc_concurrent_phase_time_seconds`, `jvm_gc_memory_allocated_bytes_total`, `jvm_gc_memory_promoted_bytes_total`, `jvm_gc_live_data_size_bytes`, `jvm_gc_max_data_size_bytes` | garbage collection |
        | `jvm_threads_live_threads`, `jvm_threads_daemon_threads`, `jvm_threads_peak_threads`, `jvm_threads_started_threads_total`, `jvm_threads_states_threads` | threads |
        | `jvm_classes_loaded_classes`, `jvm_classes_loaded_count_classes_total`, `jvm_classes_unloaded_classes_total`, `jvm_info` | classes, and the version of the JVM |
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
