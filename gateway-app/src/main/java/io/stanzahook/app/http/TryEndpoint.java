package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code POST /admin/endpoints/try}: calls endpoints that are held back without waiting, those of a
 * component or, with {@code endpoint}, one of them.
 */
final class TryEndpoint implements Route.Handler {
  private static final Logger log = LoggerFactory.getLogger(TryEndpoint.class);

  private final RequestedComponent requested;

  TryEndpoint(Gateways gateways) {
    this.requested = new RequestedComponent(gateways);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    Gateway gateway = requested.of(request);
    List<String> named = request.query().get("endpoint");
    List<String> tried = gateway.tryNow(named == null ? null : named.get(0));
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
