package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Limits callers to their {@link Shares}, and reports who reaches a limit. */
public final class Limits {
  private final Shares shares = new Shares();
  private final RefusedRequests refused;

  public Limits(RefusedRequests refused) {
    this.refused = refused;
  }

  /** Counts refused requests. */
  public RefusedRequests refused() {
    return refused;
  }

  /**
   * Does the work of a request if the caller has a place for it.
   *
   * @return fails with {@link ApiException}, 429, if the caller has no place left
   */
  public <T> Mono<T> within(
      Shares.Kind kind, ApiCaller caller, HttpServerRequest request, Mono<T> work) {
    return within(() -> take(kind, caller, request), work);
  }

  /**
   * Does the work if the caller has a place for it.
   *
   * @param domain of the component that the work is for
   * @param item takes one place, however often it is used at once; null to take a place each time
   * @return fails with {@link ApiException}, 429, if the caller has no place left
   */
  public <T> Mono<T> within(
      Shares.Kind kind, ApiCaller caller, String domain, @Nullable Object item, Mono<T> work) {
    return within(() -> take(kind, caller, domain, item, "a request to", domain), work);
  }

  private static <T> Mono<T> within(Callable<Shares.Place> taking, Mono<T> work) {
    return Mono.fromCallable(taking).flatMap(place -> work.doFinally(end -> place.giveBack()));
  }

  /**
   * A place for the work of a request.
   *
   * @throws ApiException 429, if the caller has no place left
   */
  public Shares.Place take(Shares.Kind kind, ApiCaller caller, HttpServerRequest request)
      throws ApiException {
    return take(kind, caller, "", null, request.method().name(), request.fullPath());
  }

  private Shares.Place take(
      Shares.Kind kind,
      ApiCaller caller,
      String domain,
      @Nullable Object item,
      String method,
      String path)
      throws ApiException {
    Shares.Place place = shares.take(kind, caller, domain, item);
    if (place == null) {
      refused.refused(caller, kind.label(), method, path, kind.sentence());
      throw ApiException.tooOften(kind.sentence());
    }
    return place;
  }
}
