package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.console.SeenExchange;
import io.stanzahook.app.console.SeenMessage;
import io.stanzahook.app.http.DeadLetterFilter.QueryException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code GET /admin/deliveries}: the last deliveries, the newest first. */
final class DeliveriesEndpoint implements Endpoint {
  private static final Set<String> FILTERS =
      Set.of("jid", "status", "text", "id", Choice.PARAMETER);
  private static final Set<String> SHAPE = Set.of("limit", "bodies");

  private final @Nullable RecentDeliveries deliveries;

  /**
   * An endpoint for that log.
   *
   * @param deliveries null where none is kept
   */
  DeliveriesEndpoint(@Nullable RecentDeliveries deliveries) {
    this.deliveries = deliveries;
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/admin/deliveries");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public boolean isOpen() {
    return false;
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    RecentDeliveries log = deliveries;
    if (log == null) {
      return Mono.just(
          Reply.error(404, "no deliveries are kept: start the gateway without --delivery-log 0"));
    }
    Map<String, List<String>> query;
    try {
      query = new QueryStringDecoder(request.uri()).parameters();
    } catch (IllegalArgumentException e) {
      return Mono.just(Reply.error(400, "the query is not URL-encoded"));
    }
    try {
      return Mono.just(list(log, query));
    } catch (QueryException e) {
      return Mono.just(Reply.error(400, e.problem()));
    }
  }

  private static Reply list(RecentDeliveries log, Map<String, List<String>> query)
      throws QueryException {
    for (String name : query.keySet()) {
      if (!FILTERS.contains(name) && !SHAPE.contains(name)) {
        throw new QueryException(
            "unknown parameter; there are bodies, component, id, jid, limit, status and text");
      }
    }
    int limit = limit(query);
    boolean bodies = bodies(query);
    DeliveryPage page =
        DeliveryPage.of(
            candidates(log, query).stream().filter(delivery -> matches(delivery, query)),
            limit,
            bodies);
    return Reply.json(
        200,
        json -> {
          json.writeBooleanProperty("bodies", log.hasBodies());
          page.write(json);
        });
  }

  private static List<SeenDelivery> candidates(
      RecentDeliveries log, Map<String, List<String>> query) {
    List<String> ids = query.get("id");
    if (ids == null) {
      return log.all();
    }
    SeenDelivery one = log.find(ids.get(0));
    return one == null ? List.of() : List.of(one);
  }

  private static int limit(Map<String, List<String>> query) throws QueryException {
    String given = last(query, "limit", Integer.toString(DeliveryPage.DEFAULT_LIMIT));
    try {
      int limit = Integer.parseInt(given);
      if (limit >= 1 && limit <= DeliveryPage.MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // As one beyond the bounds.
    }
    throw new QueryException(
        "limit: '%s' is not a whole number from 1 to %d".formatted(given, DeliveryPage.MAX_LIMIT));
  }

  private static boolean bodies(Map<String, List<String>> query) throws QueryException {
    String given = last(query, "bodies", "true");
    if (!given.equals("true") && !given.equals("false")) {
      throw new QueryException("bodies: '%s' is neither true nor false".formatted(given));
    }
    return given.equals("true");
  }

  private static String last(Map<String, List<String>> query, String name, String absent) {
    List<String> values = query.get(name);
    return values == null ? absent : values.get(values.size() - 1);
  }

  private static boolean matches(SeenDelivery delivery, Map<String, List<String>> query) {
    return query.entrySet().stream()
        .filter(filter -> FILTERS.contains(filter.getKey()))
        .allMatch(
            filter ->
                filter.getValue().stream()
                    .allMatch(value -> matches(delivery, filter.getKey(), value)));
  }

  private static boolean matches(SeenDelivery delivery, String filter, String value) {
    return switch (filter) {
      case "id" -> delivery.webhookId().equals(value);
      case "jid" ->
          contains(delivery.from().toString(), value) || contains(delivery.to().toString(), value);
      case "status" ->
          delivery.outcome().label().equals(value)
              || delivery.attempts().stream()
                  .anyMatch(
                      attempt ->
                          attempt.outcome().equals(value)
                              || Integer.toString(attempt.status()).equals(value));
      case Choice.PARAMETER -> delivery.to().hasDomain(value);
      default ->
          contains(delivery.webhookId(), value)
              || contains(String.valueOf(delivery.stanzaId()), value)
              || contains(delivery.stanza(), value)
              || contains(delivery.response(), value)
              || delivery.exchanges().stream().anyMatch(exchange -> contains(exchange, value))
              || delivery.dropped().stream().anyMatch(reason -> contains(reason, value))
              || delivery.attempts().stream()
                  .anyMatch(attempt -> contains(attempt.detail(), value));
    };
  }

  private static boolean contains(SeenExchange exchange, String value) {
    SeenMessage response = exchange.response();
    return contains(exchange.request().body(), value)
        || (response != null && contains(response.body(), value));
  }

  private static boolean contains(String text, String part) {
    for (int at = 0; at <= text.length() - part.length(); at++) {
      if (text.regionMatches(true, at, part, 0, part.length())) {
        return true;
      }
    }
    return false;
  }
}
