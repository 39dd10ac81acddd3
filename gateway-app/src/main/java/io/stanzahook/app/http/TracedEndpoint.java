package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.webhook.TraceContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * An endpoint that takes up the caller's trace (W3C Trace Context): what it does is a span there,
 * where that trace is sampled.
 */
final class TracedEndpoint implements Endpoint {
  private static final String TRACEPARENT = "traceparent";

  private final Endpoint endpoint;
  private final String route;
  private final SendSpans spans;
  private final InstantSource clock = InstantSource.system();

  /**
   * Traces an endpoint.
   *
   * @param route what its paths begin with
   */
  TracedEndpoint(Endpoint endpoint, String route, SendSpans spans) {
    this.endpoint = endpoint;
    this.route = route;
    this.spans = spans;
  }

  @Override
  public boolean serves(String path) {
    return endpoint.serves(path);
  }

  @Override
  public Set<HttpMethod> methods() {
    return endpoint.methods();
  }

  @Override
  public int maxBody() {
    return endpoint.maxBody();
  }

  @Override
  public Access access(HttpMethod method) {
    return endpoint.access(method);
  }

  @Override
  public boolean takesTokenInUrl() {
    return endpoint.takesTokenInUrl();
  }

  @Override
  public Reply refused(HttpServerRequest request, int status, String why) {
    return endpoint.refused(request, status, why);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    return endpoint.answer(request, body);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body, @Nullable ApiCaller caller) {
    Mono<Reply> answer = endpoint.answer(request, body, caller);
    TraceContext parent = TraceContext.parse(request.requestHeaders().get(TRACEPARENT), null);
    if (parent == null || !parent.sampled()) {
      return answer;
    }
    Instant start = clock.instant();
    return answer.doOnNext(
        reply ->
            spans.answered(
                parent, request.method().name(), route, reply.status(), start, clock.instant()));
  }
}
