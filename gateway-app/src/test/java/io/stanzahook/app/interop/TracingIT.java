package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.stanzahook.Ports;
import io.stanzahook.app.interop.SpanReceiver.Seen;
import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import io.stanzahook.trace.TraceContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Traces as the webhook, a receiver of spans, and Prometheus' exemplars show them. */
class TracingIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final Bed bed = new Bed();
  @TempDir Path folder;

  private final SandboxServer server = SandboxServer.started();

  /** Fails a delivery's first attempt in a way that is tried again. */
  private final WebhookServer webhook =
      WebhookServer.answering(
          request ->
              request.headers().get("webhook-attempt").equals("1")
                  ? Answer.status(503)
                  : Answer.body("ok"));

  private GatewayProcess gateway(String... flags) {
    bed.use(server);
    bed.use(webhook);
    return bed.use(GatewayProcess.start(server, webhook.url(), flags)).awaitReady();
  }

  private static TraceContext context(Request request) {
    return Objects.requireNonNull(
        TraceContext.parse(request.headers().get("traceparent"), null), request.toString());
  }

  private List<Request> requests(int count) {
    Await.until("the requests", LIMIT, () -> webhook.requests().size() >= count);
    return webhook.requests();
  }

  @Test
  void theReceiverSeesTheSpansThatTheWebhookWasTold() {
    SpanReceiver receiver = bed.use(SpanReceiver.started());
    gateway("--trace-endpoint=" + receiver.url());
    server.send("ann", "a private word");
    List<TraceContext> told = requests(2).stream().map(TracingIT::context).toList();
    Await.until("three spans", LIMIT, () -> receiver.spans().size() == 3);

    assertThat(receiver.spans())
        .allSatisfy(
            span -> {
              assertThat(span.traceId()).isEqualTo(told.get(0).traceId());
              assertThat(span.service()).isEqualTo("stanzahook");
              assertThat(span.attributes())
                  .containsEntry("xmpp.component", XmppServer.COMPONENT)
                  .containsEntry("xmpp.stanza.id", "m-ann")
                  .containsEntry(
                      "webhook.id", webhook.requests().get(0).headers().get("webhook-id"));
              assertThat(span.span().getEndTimeUnixNano())
                  .isGreaterThanOrEqualTo(span.span().getStartTimeUnixNano());
              assertThat(span.toString()).doesNotContain("private");
            });
    Seen delivery = only(receiver, Span.SpanKind.SPAN_KIND_CONSUMER, "");
    Seen first = only(receiver, Span.SpanKind.SPAN_KIND_CLIENT, "1");
    Seen second = only(receiver, Span.SpanKind.SPAN_KIND_CLIENT, "2");
    assertThat(delivery.parentId()).isEmpty();
    assertThat(List.of(first, second)).allMatch(s -> s.parentId().equals(delivery.spanId()));
    assertThat(List.of(first.spanId(), second.spanId()))
        .containsExactlyElementsOf(told.stream().map(TraceContext::spanId).toList());
    assertThat(first.attributes()).containsEntry("http.response.status_code", "503");
    assertThat(first.span().getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(second.attributes()).containsEntry("http.response.status_code", "200");
    assertThat(second.span().getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void aBatchIsOneSpanWithALinkToEachDelivery() {
    SpanReceiver receiver = bed.use(SpanReceiver.started());
    webhook.answer(request -> Answer.json("[{\"body\":\"ok\"}]"));
    gateway("--batch=5", "--trace-endpoint=" + receiver.url());
    server.send("ann", "a private word");
    TraceContext told = context(requests(1).get(0));
    Await.until("two spans", LIMIT, () -> receiver.spans().size() == 2);
    Seen delivery = only(receiver, Span.SpanKind.SPAN_KIND_CONSUMER, "");
    Seen call = only(receiver, Span.SpanKind.SPAN_KIND_CLIENT, "1");
    assertThat(call.traceId()).isEqualTo(told.traceId()).isNotEqualTo(delivery.traceId());
    assertThat(call.spanId()).isEqualTo(told.spanId());
    assertThat(call.parentId()).isEmpty();
    assertThat(call.attributes())
        .containsEntry("webhook.batch", "1")
        .containsEntry("webhook.id", requests(1).get(0).headers().get("webhook-id"));
    assertThat(call.span().getLinksList())
        .singleElement()
        .satisfies(
            link ->
                assertThat(HexFormat.of().formatHex(link.getSpanId().toByteArray()))
                    .isEqualTo(delivery.spanId()));
  }

  private static Seen only(SpanReceiver receiver, Span.SpanKind kind, String attempt) {
    return receiver.spans().stream()
        .filter(s -> s.span().getKind() == kind)
        .filter(s -> s.attributes().getOrDefault("webhook.attempt", "").equals(attempt))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRequestToSendIsASpanInItsCallersTrace() throws Exception {
    SpanReceiver receiver = bed.use(SpanReceiver.started());
    GatewayProcess gateway =
        gateway(
            "--trace-endpoint=" + receiver.url(),
            "--api-token-file=" + Files.writeString(folder.resolve("tokens"), "t0ken\n"));
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String parent = "00f067aa0ba902b7";

    assertThat(send(gateway, "/msg/a@b", "00-%s-%s-00".formatted(trace, parent))).isEqualTo(201);
    assertThat(send(gateway, "/msg/a@b", "nonsense")).isEqualTo(201);
    assertThat(send(gateway, "/msg/a@b", "00-%s-%s-01".formatted(trace, parent))).isEqualTo(201);
    assertThat(send(gateway, "/rest/message/chat/@", "00-%s-%s-01".formatted(trace, parent)))
        .isEqualTo(422);
    Await.until("two spans", LIMIT, () -> receiver.spans().size() >= 2);

    assertThat(receiver.spans())
        .hasSize(2)
        .allSatisfy(
            span -> {
              assertThat(span.traceId()).isEqualTo(trace);
              assertThat(span.parentId()).isEqualTo(parent);
              assertThat(span.span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
              assertThat(span.attributes())
                  .containsEntry("xmpp.component", XmppServer.COMPONENT)
                  .containsEntry("http.request.method", "POST");
              assertThat(span.toString()).doesNotContain("private", "a@b");
            });
    assertThat(receiver.spans())
        .extracting(s -> s.span().getName() + " " + s.attributes().get("http.response.status_code"))
        .containsExactlyInAnyOrder("POST /msg 201", "POST /rest 422");
    assertThat(receiver.spans()).extracting(Seen::spanId).doesNotHaveDuplicates();
  }

  private static int send(GatewayProcess gateway, String path, String traceparent)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(gateway.httpUrl() + path))
                .header("Authorization", "Bearer t0ken")
                .header("Content-Type", "text/plain")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString("a private word"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aReceiverThatIsAwayStopsNothing() {
    GatewayProcess gateway =
        gateway("--trace-endpoint=http://127.0.0.1:" + Ports.free() + "/v1/traces");
    for (int i = 0; i < 20; i++) {
      server.send("user" + i, "hello");
    }
    Await.until("all are answered", LIMIT, () -> server.answered() == 20);

    Await.until(
        "the loss of spans is told", LIMIT, () -> gateway.log().contains("Failed to export"));
    gateway.terminate();
    assertThat(gateway.awaitExit()).isZero();
    assertThat(gateway.log().lines().filter(line -> line.contains("Failed to export")))
        .as("in our own log's form, and not often")
        .hasSizeBetween(1, 10)
        .allMatch(line -> line.matches("\\d{4}-\\S+ (WARN |ERROR) .*"));
  }

  @Test
  void exemplarsNameTheTraceOfTheWebhooksRequest() {
    GatewayProcess gateway = gateway();
    PrometheusServer prometheus = bed.use(PrometheusServer.scraping(gateway.httpAddress()));
    server.send("ann", "hello");
    String trace = context(requests(2).get(1)).traceId();

    for (String histogram :
        List.of("stanzahook_webhook_request_seconds", "stanzahook_delivery_seconds")) {
      Await.until(
          "the exemplar of " + histogram,
          PrometheusServer.QUERY_LIMIT,
          () -> contains(prometheus.exemplars(histogram + "_bucket"), trace));
    }
  }

  private static boolean contains(JsonNode series, String trace) {
    for (JsonNode one : series) {
      for (JsonNode exemplar : one.path("exemplars")) {
        if (exemplar.path("labels").path("trace_id").asString("").equals(trace)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void whatIsSwitchedOffIsNotThere() {
    GatewayProcess gateway = gateway("--trace-context=off");
    server.send("ann", "hello");

    assertThat(requests(2)).allMatch(request -> !request.headers().containsKey("traceparent"));
    Await.until("it is answered", LIMIT, () -> server.answered() == 1);
    assertThat(gateway.metrics("application/openmetrics-text")).doesNotContain("trace_id");
  }
}
