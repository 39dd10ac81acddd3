package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Holds callers to their {@link Shares}, and says so where one has theirs. */
final class Limits {
  private final Shares shares = new Shares();
  private final RefusedRequests refused;

  Limits(RefusedRequests refused) {
    this.refused = refused;
  }

  /** That work while the caller has a place for it, else 429. */
  Mono<Reply> within(
      Shares.Kind kind, ApiCaller caller, HttpServerRequest request, Mono<Reply> work) {
    return Mono.defer(
        () -> {
          Shares.Place place = take(kind, caller, request);
          if (place == null) {
            return Mono.just(Sender.refusal(ApiError.tooOften(kind.sentence())));
          }
          return work.doFinally(end -> place.giveBack());
        });
  }

  /** A place for what a request does; null, after telling of it, where the caller has theirs. */
  Shares.@Nullable Place take(Shares.Kind kind, ApiCaller caller, HttpServerRequest request) {
    Shares.Place place = shares.take(kind, caller, "", null);
    if (place == null) {
      tell(kind, caller, request.method().name(), request.fullPath());
    }
    return place;
  }

  /**
   * That work while the caller has a place for it.
   *
   * @param domain of the component whose it is
   * @param item counts once, however often it is under way; null for one like no other
   * @return ends with {@link ApiException}, 429, where they have their share
   */
  <T> Mono<T> within(
      Shares.Kind kind, ApiCaller caller, String domain, @Nullable Object item, Mono<T> work) {
    return Mono.defer(
        () -> {
          Shares.Place place = shares.take(kind, caller, domain, item);
          if (place == null) {
            tell(kind, caller, "a request to", domain);
            return Mono.error(new ApiException(ApiError.tooOften(kind.sentence())));
          }
          return work.doFinally(end -> place.giveBack());
        });
  }

  private void tell(Shares.Kind kind, ApiCaller caller, String method, String path) {
    refused.refused(caller, kind.label(), method, path, kind.sentence());
  }
}
