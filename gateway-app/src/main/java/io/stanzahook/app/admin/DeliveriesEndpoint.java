package io.stanzahook.app.admin;

import io.stanzahook.app.console.DeliveryFile;
import io.stanzahook.app.console.DeliveryPage;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.console.TextSearch;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.Shares;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** {@code GET /admin/deliveries}: the last deliveries, the newest first. */
public final class DeliveriesEndpoint implements Route.Handler {
  private static final Set<String> FILTERS =
      Set.of(
          "jid",
          "batch",
          "kind",
          "state",
          "status",
          "since",
          "until",
          "text",
          "id",
          RequestedComponent.PARAMETER);
  private static final Set<String> SHAPE = Set.of("limit", "bodies");

  /** Filters that search in the texts of deliveries. */
  private static final List<String> TEXTS = List.of("jid", "text");

  /** Filters by the time that a delivery was first seen. */
  private static final List<String> TIMES = List.of("since", "until");

  private final @Nullable RecentDeliveries deliveries;
  private final Limits limits;
  private final Searches searches;
  private final UnaryOperator<String> shown;

  /**
   * An endpoint.
   *
   * @param deliveries null if none are kept
   * @param shown how a line that names an endpoint is shown
   */
  public DeliveriesEndpoint(
      @Nullable RecentDeliveries deliveries,
      Limits limits,
      Searches searches,
      UnaryOperator<String> shown) {
    this.shown = shown;
    this.deliveries = deliveries;
    this.limits = limits;
    this.searches = searches;
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    RecentDeliveries log = deliveries;
    if (log == null) {
      return Mono.just(
          Reply.error(404, "no deliveries are kept: start the gateway without --delivery-log 0"));
    }
    Map<String, List<String>> query = request.query();
    check(query);
    int limit =
        (int) request.number("limit", 1, DeliveryPage.MAX_LIMIT, DeliveryPage.DEFAULT_LIMIT);
    boolean bodies = request.truth("bodies", true);
    return limits.within(
        Shares.Kind.SEARCHES,
        request.caller(),
        request.http(),
        searches.run(() -> list(log, query, limit, bodies)));
  }

  private static void check(Map<String, List<String>> query) throws ApiException {
    for (String name : query.keySet()) {
      if (!FILTERS.contains(name) && !SHAPE.contains(name)) {
        throw ApiException.unreadable(
            "unknown parameter; there are batch, bodies, component, id, jid, kind, limit, since,"
                + " state, status, text and until");
      }
    }
    for (String name : TEXTS) {
      for (String value : query.getOrDefault(name, List.of())) {
        if (value.length() > TextSearch.MAX_TEXT) {
          throw ApiException.unreadable(
              "%s: longer than %d characters".formatted(name, TextSearch.MAX_TEXT));
        }
      }
    }
    for (String name : TIMES) {
      for (String value : query.getOrDefault(name, List.of())) {
        checkTime(name, value);
      }
    }
  }

  private Reply list(
      RecentDeliveries log, Map<String, List<String>> query, int limit, boolean bodies)
      throws IOException {
    TextSearch search = new TextSearch();
    DeliveryPage found =
        DeliveryPage.of(
            candidates(log, query).stream()
                .takeWhile(delivery -> !search.isOver())
                .filter(delivery -> matches(search, delivery, query)),
            limit,
            bodies);
    boolean cut = found.cut() || search.isOver();
    DeliveryFile file = cut ? null : log.file();
    DeliveryFile.Found stored =
        file == null
            ? new DeliveryFile.Found(List.of(), cut)
            : file.find(stored(log, query), limit - found.deliveries().size(), bodies);
    DeliveryPage page = new DeliveryPage(found.deliveries(), bodies, stored.cut());
    return Reply.json(
        200,
        json -> {
          json.writeBooleanProperty("bodies", log.hasBodies());
          page.write(json, stored.deliveries(), shown);
        });
  }

  private static DeliveryFile.Query stored(RecentDeliveries log, Map<String, List<String>> query) {
    List<String> ids = query.get("id");
    List<String> domains = query.get(RequestedComponent.PARAMETER);
    return new DeliveryFile.Query(
        log.all().stream().map(SeenDelivery::webhookId).collect(Collectors.toSet()),
        ids == null ? null : ids.get(0),
        domains == null ? null : domains.get(0),
        query.getOrDefault("batch", List.of()),
        query.getOrDefault("kind", List.of()),
        query.getOrDefault("state", List.of()),
        query.getOrDefault("status", List.of()),
        query.getOrDefault("jid", List.of()),
        query.getOrDefault("text", List.of()),
        millis(query.get("since"), 0),
        millis(query.get("until"), Long.MAX_VALUE));
  }

  private static long millis(@Nullable List<String> times, long otherwise) {
    return times == null ? otherwise : Instant.parse(times.get(0)).toEpochMilli();
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

  private static void checkTime(String name, String value) throws ApiException {
    try {
      Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw ApiException.unreadable("%s: not a time like 2026-01-31T13:30:00Z".formatted(name));
    }
  }

  private static boolean matches(
      TextSearch search, SeenDelivery delivery, Map<String, List<String>> query) {
    return query.entrySet().stream()
        .filter(filter -> FILTERS.contains(filter.getKey()))
        .allMatch(
            filter ->
                filter.getValue().stream()
                    .allMatch(value -> matches(search, delivery, filter.getKey(), value)));
  }

  private static boolean matches(
      TextSearch search, SeenDelivery delivery, String filter, String value) {
    return switch (filter) {
      case "id" -> delivery.webhookId().equals(value);
      case "jid" ->
          search.contains(delivery.from().toString(), value)
              || search.contains(delivery.to().toString(), value);
      case "batch" -> delivery.wasIn(value);
      case "kind" -> delivery.kind().equals(value);
      case "state" -> delivery.outcome().label().equals(value);
      case "since" -> delivery.beganAt() >= Instant.parse(value).toEpochMilli();
      case "until" -> delivery.beganAt() <= Instant.parse(value).toEpochMilli();
      case "status" ->
          delivery.outcome().label().equals(value)
              || delivery.attempts().stream()
                  .anyMatch(
                      attempt ->
                          attempt.outcome().equals(value)
                              || Integer.toString(attempt.status()).equals(value));
      case RequestedComponent.PARAMETER -> delivery.to().hasDomain(value);
      default -> search.finds(delivery, value);
    };
  }
}
