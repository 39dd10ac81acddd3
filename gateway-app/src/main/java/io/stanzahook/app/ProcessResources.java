package io.stanzahook.app;

import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.logging.Intervals;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What the components of a process share: event loops, meters and the log. Closing ends them.
 *
 * @param loops for the stream and the webhook's connections
 * @param httpLoops for the program's own HTTP server, so that a scrape delays no stanza
 * @param spans the exporter of spans; null without one
 * @param logIntervals of the sums that components log
 */
record ProcessResources(
    TransportLoops loops,
    TransportLoops httpLoops,
    ProcessMetrics metrics,
    @Nullable OtlpSpans spans,
    Intervals logIntervals)
    implements AutoCloseable {
  private static final Duration QUIET = Duration.ZERO;
  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  /**
   * Creates them.
   *
   * @param version of the program
   * @throws StartException if the transport does not work here
   */
  static ProcessResources create(AppSettings settings, String version) throws StartException {
    TransportLoops loops = TransportLoops.create(settings.transport(), "gateway", loopThreads());
    TransportLoops httpLoops = TransportLoops.create(loops.transport(), "http", 1);
    return new ProcessResources(
        loops,
        httpLoops,
        new ProcessMetrics(loops.group(), settings.tracing(), version),
        settings.traceEndpoint() == null ? null : new OtlpSpans(settings.traceEndpoint(), version),
        new Intervals());
  }

  /**
   * Half of the processors: the server and the webhook need the others, and the fewer loops there
   * are, the fewer calls change threads between the stream and their connection.
   */
  private static int loopThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  @Override
  public void close() {
    logIntervals.close();
    metrics.close();
    Mono.when(loops.disposeLater(QUIET, MAX_WAIT), httpLoops.disposeLater(QUIET, MAX_WAIT))
        .onErrorComplete()
        .block(MAX_WAIT.plusSeconds(1));
    if (spans != null) {
      spans.close();
    }
  }
}
