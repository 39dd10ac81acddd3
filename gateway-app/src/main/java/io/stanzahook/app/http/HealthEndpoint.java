package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code GET /healthz}: the process is alive and serves. */
final class HealthEndpoint implements Endpoint {
  @Override
  public boolean serves(String path) {
    return path.equals("/healthz");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    return Mono.just(Reply.text(200, "ok"));
  }
}
