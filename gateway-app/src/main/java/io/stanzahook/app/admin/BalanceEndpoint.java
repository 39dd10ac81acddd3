package io.stanzahook.app.admin;

import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code POST /admin/edges/balance}: asks the edges of the cluster to share the streams evenly.
 * Those that hold too many let some go; others connect a moment later.
 */
public final class BalanceEndpoint implements Route.Handler {
  private static final Logger log = LoggerFactory.getLogger(BalanceEndpoint.class);

  private final Gateways gateways;

  public BalanceEndpoint(Gateways gateways) {
    this.gateways = gateways;
  }

  @Override
  public Mono<Reply> answer(Request request) {
    return Mono.fromSupplier(() -> balance(request.caller().described()));
  }

  Reply balance(String caller) {
    if (!gateways.balanceEdges()) {
      return Reply.error(409, "this process is not an edge of a cluster (--cluster)");
    }
    log.info("edges share the streams anew: asked for by {}", caller);
    return Reply.json(202, Map.of("balancing", true));
  }
}
