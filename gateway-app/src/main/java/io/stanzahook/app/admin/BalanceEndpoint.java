package io.stanzahook.app.admin;

import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.cluster.Balance;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * {@code POST /admin/edges/balance}: has the edges of the cluster share the streams evenly. Those
 * that hold too many let some go; others connect a moment later. The answer says which edges are
 * there and what moved.
 */
public final class BalanceEndpoint implements Route.Handler {
  private static final Logger log = LoggerFactory.getLogger(BalanceEndpoint.class);

  private final Gateways gateways;

  public BalanceEndpoint(Gateways gateways) {
    this.gateways = gateways;
  }

  @Override
  public Mono<Reply> answer(Request request) {
    return balance(request.caller().described());
  }

  Mono<Reply> balance(String caller) {
    Mono<Balance> balance = gateways.balanceEdges();
    if (balance == null) {
      return Mono.just(Reply.error(409, "this process is not an edge of a cluster (--cluster)"));
    }
    return balance
        .map(
            result -> {
              String said = text(result);
              log.info("edges were to share the streams, asked for by {}: {}", caller, said);
              return Reply.json(202, json(result, said));
            })
        .onErrorMap(
            error -> {
              log.warn("the edges are not known", error);
              return ApiException.away("the brokers do not say which edges are there");
            });
  }

  private static String text(Balance result) {
    int edges = result.edges().size();
    if (edges < 2) {
      return "no other edge is there: nothing moved";
    }
    String moved =
        result.moved().isEmpty()
            ? "no stream moved"
            : "another edge has " + String.join(", ", result.moved());
    return result.isEven()
        ? "%d edges share the streams evenly: %s".formatted(edges, moved)
        : "%d edges do not share the streams evenly yet: %s. An edge may be frozen, or not reach the XMPP server"
            .formatted(edges, moved);
  }

  private static Map<String, Object> json(Balance result, String said) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("balancing", result.edges().size() > 1);
    json.put("text", said);
    json.put("edges", result.edges().stream().map(BalanceEndpoint::json).toList());
    json.put("moved", result.moved());
    return json;
  }

  private static Map<String, Object> json(Balance.Edge edge) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("host", edge.host());
    if (!edge.url().isEmpty()) {
      json.put("url", edge.url());
    }
    json.put("slots", edge.slots());
    json.put("streams", edge.streams());
    return json;
  }
}
