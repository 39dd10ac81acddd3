package io.stanzahook.app.admin;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Route;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code POST /admin/endpoints/try}: ends the wait of endpoints that are down: of all endpoints of
 * a component or, with {@code endpoint}, of one.
 */
public final class TryEndpoint implements Route.Handler {
  private static final Logger log = LoggerFactory.getLogger(TryEndpoint.class);

  private final RequestedComponent requested;

  public TryEndpoint(Gateways gateways) {
    this.requested = new RequestedComponent(gateways);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Gateway gateway = requested.of(request);
    List<String> tried = gateway.tryNow(request.first("endpoint"));
    for (String endpoint : tried) {
      log.info(
          "{}: {} is tried at once, as {} asked for",
          gateway.settings().component().domain(),
          endpoint,
          request.caller().described());
    }
    return Mono.just(Reply.json(200, Map.of("tried", tried)));
  }
}
