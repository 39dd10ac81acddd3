package io.stanzahook.app.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * {@code GET /metrics}: Prometheus' text format, or OpenMetrics if the scraper asks for it. Gauges
 * of the process read files, so a scrape runs on its own thread. Everybody may ask, so requests at
 * the same time share one scrape.
 */
public final class MetricsEndpoint implements Route.Handler {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS = "application/openmetrics-text";

  private final PrometheusMeterRegistry registry;
  private final Scheduler scrapes;

  /** Scrapes that are running, by content type. Requests in the meantime share their result. */
  private final ConcurrentMap<String, Mono<Reply>> underWay = new ConcurrentHashMap<>();

  /**
   * An endpoint.
   *
   * @param scrapes where scrapes run: may block, one at a time
   */
  public MetricsEndpoint(PrometheusMeterRegistry registry, Scheduler scrapes) {
    this.registry = registry;
    this.scrapes = scrapes;
  }

  @Override
  public Mono<Reply> answer(Request request) {
    String contentType =
        asksForOpenMetrics(request.http().requestHeaders().get(HttpHeaderNames.ACCEPT))
            ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
            : TEXT;
    return underWay.computeIfAbsent(contentType, this::scrape);
  }

  private Mono<Reply> scrape(String contentType) {
    return Mono.fromCallable(() -> new Reply(200, contentType, registry.scrape(contentType)))
        .subscribeOn(scrapes)
        .doFinally(end -> underWay.remove(contentType))
        .cache();
  }

  /** Whether the header accepts that format: {@code q=0} refuses it. */
  static boolean asksForOpenMetrics(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (range.trim().startsWith(OPEN_METRICS)) {
        return !range.matches(".*;\\s*q=0(\\.0*)?\\s*");
      }
    }
    return false;
  }
}
