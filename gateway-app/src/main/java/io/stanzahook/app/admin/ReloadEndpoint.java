package io.stanzahook.app.admin;

import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code POST /admin/reload}: reads flags, environment and file again. Answers when everything is
 * done, including draining the components that end.
 */
public final class ReloadEndpoint implements Route.Handler {
  private static final Duration LATER = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(ReloadEndpoint.class);

  private final Reloading reloading;

  public ReloadEndpoint(Reloading reloading) {
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
    boolean failed = !result.problems().isEmpty();
    Map<String, Object> answer = new LinkedHashMap<>();
    if (failed) {
      answer.put("error", "not all components could be started; see problems");
    }
    Map<String, String> components = new LinkedHashMap<>();
    result
        .components()
        .forEach(
            (domain, change) -> components.put(domain, change.name().toLowerCase(Locale.ROOT)));
    answer.put("components", components);
    answer.put("problems", result.problems());
    answer.put("needs_restart", result.needRestart());
    return Reply.json(failed ? 500 : 200, answer);
  }
}
