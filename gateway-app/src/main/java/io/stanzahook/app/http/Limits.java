package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Limits callers to their {@link Shares}, and reports who reaches a limit. */
final class Limits {
  private final Shares shares = new Shares();
  private final RefusedRequests refused;

  Limits(RefusedRequests refused) {
    this.refused = refused;
  }

  /** Does the work if the caller has a place for it; otherwise answers 429. */
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

  /** A place for a request's work; null, after reporting it, if the caller has no place left. */
  Shares.@Nullable Place take(Shares.Kind kind, ApiCaller caller, HttpServerRequest request) {
    Shares.Place place = shares.take(kind, caller, "", null);
    if (place == null) {
      tell(kind, caller, request.method().name(), request.fullPath());
    }
    return place;
  }

  /**
   * Does the work if the caller has a place for it.
   *
   * @param domain of the component that the work is for
   * @param item takes one place, however often it is used at once; null to take a place each time
   * @return fails with {@link ApiException}, 429, if the caller has no place left
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
