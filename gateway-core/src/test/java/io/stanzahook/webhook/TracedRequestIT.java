package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.settings.Settings;
import io.stanzahook.trace.TraceContext;
import io.stanzahook.trace.Tracing;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** {@code traceparent} and {@code tracestate} as a webhook sees them. */
class TracedRequestIT extends WebhookClientFixture {
  private final Tracing tracing = Tracing.on(1);

  private Map<String, String> headers(WebhookClient client, RawServer server, int attempt)
      throws Exception {
    client.post(chat, "id-1", attempt).block(LONG);
    return server.next().headers();
  }

  private WebhookClient traced(RawServer server, Tracing traces) {
    return client(Settings.with(settings(server.url() + "/hook", LONG, 10), "tracing", traces));
  }

  private static TraceContext parent(Map<String, String> headers) {
    return Objects.requireNonNull(
        TraceContext.parse(headers.get("traceparent"), headers.get("tracestate")));
  }

  @Test
  void eachAttemptIsASpanOfTheDeliverysTrace() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookClient client = traced(server, tracing);

    TraceContext first = parent(headers(client, server, 1));
    Map<String, String> second = headers(client, server, 2);

    assertThat(first).isEqualTo(tracing.of("id-1", 1));
    assertThat(parent(second).traceId()).isEqualTo(first.traceId());
    assertThat(parent(second).spanId()).isNotEqualTo(first.spanId());
    assertThat(second).doesNotContainKey("tracestate");
  }

  @Test
  void whatIsNotSampledSaysSo() throws Exception {
    RawServer server = server(RawServer.always(HELLO));

    assertThat(headers(traced(server, Tracing.on(0)), server, 1).get("traceparent"))
        .endsWith("-00");
  }

  @Test
  void aParentsTraceGoesOnWithItsState() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    TraceContext parent =
        Objects.requireNonNull(
            TraceContext.parse(
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "congo=t61rcWkgMzE"));
    traced(server, Tracing.on(0))
        .post(chat, "id-1", 1)
        .contextWrite(context -> context.put(TraceContext.class, parent))
        .block(LONG);

    Map<String, String> headers = server.next().headers();
    TraceContext sent = parent(headers);
    assertThat(sent.traceId()).isEqualTo(parent.traceId());
    assertThat(sent.spanId()).isNotEqualTo(parent.spanId());
    assertThat(sent.sampled()).as("its parent decides").isTrue();
    assertThat(headers).containsEntry("tracestate", "congo=t61rcWkgMzE");
  }

  @Test
  void withoutTracingThereIsNoHeader() throws Exception {
    RawServer server = server(RawServer.always(HELLO));

    assertThat(headers(client(server), server, 1)).doesNotContainKeys("traceparent", "tracestate");
  }
}
