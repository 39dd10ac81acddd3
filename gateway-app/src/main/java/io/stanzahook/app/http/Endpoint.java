package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.config.ApiCaller;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** One thing the server answers. */
interface Endpoint {
  /** Whether the path, with its slash and without the query, is its. */
  boolean serves(String path);

  /** The methods it takes; HEAD goes with GET. */
  Set<HttpMethod> methods();

  /** The largest request body it takes, in bytes; none unless it says otherwise. */
  default int maxBody() {
    return 0;
  }

  /** What a request of one of its methods takes. */
  default Access access(HttpMethod method) {
    return Access.OPEN;
  }

  /** Whether it answers everybody, by whatever method. */
  default boolean isOpen() {
    return methods().stream().allMatch(method -> access(method) == Access.OPEN);
  }

  /** Whether a token may also stand in the query, for programs that can only be given a URL. */
  default boolean takesTokenInUrl() {
    return false;
  }

  /** How it says that a request is refused before it saw it. */
  default Reply refused(HttpServerRequest request, int status, String why) {
    return Reply.error(status, why);
  }

  /** As the other, by somebody it knows, where it is not open. Called on an event loop. */
  default Mono<Reply> answer(HttpServerRequest request, String body, @Nullable ApiCaller caller) {
    return answer(request, body);
  }

  /**
   * Answers a request of one of its methods. Called on an event loop.
   *
   * @param body empty where it takes none
   */
  Mono<Reply> answer(HttpServerRequest request, String body);
}
