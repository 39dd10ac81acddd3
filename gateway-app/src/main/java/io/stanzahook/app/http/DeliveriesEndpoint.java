package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenDelivery;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code GET /admin/deliveries}: the last deliveries, the newest first. */
final class DeliveriesEndpoint implements Endpoint {
  private static final Set<String> FILTERS =
      Set.of("jid", "status", "text", "id", Choice.PARAMETER);

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
    if (!FILTERS.containsAll(query.keySet())) {
      return Mono.just(
          Reply.error(400, "unknown parameter; there are component, id, jid, status and text"));
    }
    List<SeenDelivery> found =
        log.all().stream().filter(delivery -> matches(delivery, query)).toList();
    return Mono.just(
        Reply.json(
            200,
            json -> {
              json.writeBooleanProperty("bodies", log.hasBodies());
              json.writeArrayPropertyStart("deliveries");
              found.forEach(delivery -> DeliveryJson.write(json, delivery, true));
              json.writeEndArray();
            }));
  }

  private static boolean matches(SeenDelivery delivery, Map<String, List<String>> query) {
    return query.entrySet().stream()
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
              || delivery.dropped().stream().anyMatch(reason -> contains(reason, value))
              || delivery.attempts().stream()
                  .anyMatch(attempt -> contains(attempt.detail(), value));
    };
  }

  private static boolean contains(String text, String part) {
    return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
