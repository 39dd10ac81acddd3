package io.stanzahook.app.http;

import io.stanzahook.app.config.ConfigurationException;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/**
 * {@code POST /admin/reload}: reads flags, environment and file again. Answers when everything is
 * done, including draining the components that end.
 */
final class ReloadEndpoint implements Route.Handler {
  private static final Duration LATER = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(ReloadEndpoint.class);

  private final Reloading reloading;

  ReloadEndpoint(Reloading reloading) {
    this.reloading = reloading;
  }

  @Override
  public Mono<Reply> answer(Request request) {
    log.info("reload: asked for by POST /admin/reload of {}", request.caller().described());
    return reloading
        .reload()
        .map(ReloadEndpoint::done)
        .onErrorResume(
            ConfigurationException.class,
            // The request is fine, but the configuration is not.
            e -> Mono.just(Reply.problems(422, "nothing was changed", e.problems())))
        .onErrorResume(
            ReloadRefusedException.class,
            e -> Mono.just(Reply.error(503, String.valueOf(e.getMessage())).retryAfter(LATER)));
  }

  private static Reply done(Reloading.Result result) {
    return Reply.json(result.problems().isEmpty() ? 200 : 500, json -> write(json, result));
  }

  private static void write(JsonGenerator json, Reloading.Result result) {
    if (!result.problems().isEmpty()) {
      json.writeStringProperty("error", "not all components could be started; see problems");
    }
    json.writeObjectPropertyStart("components");
    result
        .components()
        .forEach(
            (domain, change) ->
                json.writeStringProperty(domain, change.name().toLowerCase(Locale.ROOT)));
    json.writeEndObject();
    json.writeObjectPropertyStart("problems");
    result.problems().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeArrayPropertyStart("needs_restart");
    result.needRestart().forEach(json::writeString);
    json.writeEndArray();
  }
}
