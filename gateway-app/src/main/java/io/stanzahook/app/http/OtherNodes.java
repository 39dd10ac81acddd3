package io.stanzahook.app.http;

import reactor.core.publisher.Mono;

/** The other nodes of a cluster, one of which may answer what this one cannot. */
@FunctionalInterface
public interface OtherNodes {
  /**
   * Passes a request on.
   *
   * @param elsewhere why it is not answered here; see {@link ApiException#elsewhere}
   * @return ends with {@link ApiException} if there is no answer
   */
  Mono<Reply> passOn(Request request, ApiException elsewhere);
}
