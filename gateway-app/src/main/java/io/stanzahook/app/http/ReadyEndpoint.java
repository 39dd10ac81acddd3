package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.component.StreamStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.core.JsonGenerator;

/** {@code GET /readyz}: 200 when every component is authenticated, else 503 naming which is not. */
final class ReadyEndpoint implements Endpoint {
  private final Readiness readiness;

  ReadyEndpoint(Readiness readiness) {
    this.readiness = readiness;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/readyz");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    Readiness.State state = readiness.state();
    return Mono.just(Reply.json(state.ready() ? 200 : 503, json -> write(json, state)));
  }

  private static void write(JsonGenerator json, Readiness.State state) {
    json.writeBooleanProperty("ready", state.ready());
    json.writeBooleanProperty("stopping", state.stopping());
    json.writeObjectPropertyStart("components");
    for (Map.Entry<String, StreamStatus> component : new TreeMap<>(state.components()).entrySet()) {
      json.writeStringProperty(
          component.getKey(), component.getValue().name().toLowerCase(Locale.ROOT));
    }
    json.writeEndObject();
  }
}
