package io.stanzahook.app.config;

import java.net.URI;

/** Those of the {@link RunOptions} that are about traces. */
final class TraceOptions {
  static final Option<Boolean> TRACE_CONTEXT =
      Option.of(
              "trace-context",
              "on|off",
              "on",
              TraceValues::onOff,
              "sends each request with a W3C `traceparent`: a trace a delivery, a span an attempt")
          .ofProcess();

  static final Option<Double> TRACE_SAMPLE =
      Option.of(
              "trace-sample",
              "SHARE",
              "1",
              TraceValues::share,
              "the share of traces marked as sampled, from 0 to 1")
          .ofProcess();

  static final Option<URI> TRACE_ENDPOINT =
      Option.withoutDefault(
              "trace-endpoint",
              "URL",
              "none",
              TraceValues::endpoint,
              "sends the spans of sampled traces there, by OTLP over HTTP")
          .ofProcess();

  private TraceOptions() {}
}
