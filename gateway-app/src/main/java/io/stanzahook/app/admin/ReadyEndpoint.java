package io.stanzahook.app.admin;

import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.stream.StreamStatus;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/** {@code GET /readyz}: 200 if every component is authenticated, otherwise 503 and which is not. */
public final class ReadyEndpoint implements Route.Handler {
  private final Readiness readiness;
  private final Notices notices;

  public ReadyEndpoint(Readiness readiness, Notices notices) {
    this.readiness = readiness;
    this.notices = notices;
  }

  @Override
  public Mono<Reply> answer(Request request) {
    Readiness.State state = readiness.state();
    return Mono.just(Reply.json(state.ready() ? 200 : 503, json -> write(json, state)));
  }

  private void write(JsonGenerator json, Readiness.State state) {
    json.writeBooleanProperty("ready", state.ready());
    json.writeBooleanProperty("stopping", state.stopping());
    json.writeObjectPropertyStart("components");
    for (Map.Entry<String, StreamStatus> component : new TreeMap<>(state.components()).entrySet()) {
      json.writeStringProperty(
          component.getKey(), component.getValue().name().toLowerCase(Locale.ROOT));
    }
    json.writeEndObject();
    if (!state.webhooks().isEmpty()) {
      json.writeObjectPropertyStart("webhooks");
      new TreeMap<>(state.webhooks()).forEach((domain, states) -> write(json, domain, states));
      json.writeEndObject();
    }
    // Everybody may read this. Only callers with credentials see what went wrong.
    notices.write(json, null, false);
    if (!state.rooms().isEmpty()) {
      json.writeObjectPropertyStart("rooms");
      new TreeMap<>(state.rooms()).forEach((domain, states) -> write(json, domain, states));
      json.writeEndObject();
    }
    ClusterState.write(json, state.cluster());
  }

  private static void write(
      JsonGenerator json, String domain, Map<String, ? extends Enum<?>> states) {
    json.writeObjectPropertyStart(domain);
    states.forEach(
        (name, state) -> json.writeStringProperty(name, state.name().toLowerCase(Locale.ROOT)));
    json.writeEndObject();
  }
}
