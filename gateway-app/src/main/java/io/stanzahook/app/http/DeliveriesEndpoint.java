package io.stanzahook.app.http;

import io.stanzahook.app.console.DeliveryPage;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.console.TextSearch;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** {@code GET /admin/deliveries}: the last deliveries, the newest first. */
final class DeliveriesEndpoint implements Route.Handler {
  private static final Set<String> FILTERS =
      Set.of("jid", "kind", "state", "status", "since", "until", "text", "id", Choice.PARAMETER);
  private static final Set<String> SHAPE = Set.of("limit", "bodies");

  /** Filters that search in the texts of deliveries. */
  private static final List<String> TEXTS = List.of("jid", "text");

  /** Filters by the time that a delivery was first seen. */
  private static final List<String> TIMES = List.of("since", "until");

  private final @Nullable RecentDeliveries deliveries;
  private final Limits limits;
  private final Scheduler searches;

  /**
   * An endpoint.
   *
   * @param deliveries null if none are kept
   * @param searches runs the searches, off the event loop
   */
  DeliveriesEndpoint(@Nullable RecentDeliveries deliveries, Limits limits, Scheduler searches) {
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
    return limits.within(
        Shares.Kind.SEARCHES,
        request.caller(),
        request.http(),
        Mono.fromCallable(() -> list(log, query))
            .subscribeOn(searches)
            .onErrorMap(
                RejectedExecutionException.class,
                e -> new ApiException(ApiError.busy("too many searches at once"))));
  }

  private static ApiException wrong(String what) {
    return new ApiException(ApiError.unreadable(what));
  }

  private static Reply list(RecentDeliveries log, Map<String, List<String>> query)
      throws ApiException {
    for (String name : query.keySet()) {
      if (!FILTERS.contains(name) && !SHAPE.contains(name)) {
        throw wrong(
            "unknown parameter; there are bodies, component, id, jid, kind, limit, since, state,"
                + " status, text and until");
      }
    }
    for (String name : TEXTS) {
      for (String value : query.getOrDefault(name, List.of())) {
        if (value.length() > TextSearch.MAX_TEXT) {
          throw wrong("%s: longer than %d characters".formatted(name, TextSearch.MAX_TEXT));
        }
      }
    }
    for (String name : TIMES) {
      for (String value : query.getOrDefault(name, List.of())) {
        checkTime(name, value);
      }
    }
    int limit = limit(query);
    boolean bodies = bodies(query);
    TextSearch search = new TextSearch();
    DeliveryPage found =
        DeliveryPage.of(
            candidates(log, query).stream()
                .takeWhile(delivery -> !search.isOver())
                .filter(delivery -> matches(search, delivery, query)),
            limit,
            bodies);
    DeliveryPage page =
        search.isOver() ? new DeliveryPage(found.deliveries(), bodies, true) : found;
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

  private static void checkTime(String name, String value) throws ApiException {
    try {
      Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw wrong("%s: not a time like 2026-01-31T13:30:00Z".formatted(name));
    }
  }

  private static int limit(Map<String, List<String>> query) throws ApiException {
    String given = last(query, "limit", Integer.toString(DeliveryPage.DEFAULT_LIMIT));
    try {
      int limit = Integer.parseInt(given);
      if (limit >= 1 && limit <= DeliveryPage.MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // The same message as for a number beyond the bounds.
    }
    throw wrong(
        "limit: '%s' is not a whole number from 1 to %d".formatted(given, DeliveryPage.MAX_LIMIT));
  }

  private static boolean bodies(Map<String, List<String>> query) throws ApiException {
    String given = last(query, "bodies", "true");
    if (!given.equals("true") && !given.equals("false")) {
      throw wrong("bodies: '%s' is neither true nor false".formatted(given));
    }
    return given.equals("true");
  }

  private static String last(Map<String, List<String>> query, String name, String absent) {
    List<String> values = query.get(name);
    return values == null ? absent : values.get(values.size() - 1);
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
      case Choice.PARAMETER -> delivery.to().hasDomain(value);
      default -> search.finds(delivery, value);
    };
  }
}
