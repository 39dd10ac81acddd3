package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Signatures of requests, which take the place of credentials on a route. A signature covers the
 * body, so the body is read before the sender is known. Any thread may call it.
 */
public interface Signatures {
  /** What a signature proves. */
  sealed interface Verdict {}

  /**
   * Who signed it.
   *
   * @param forget must be called if the request is refused later, so that it may be sent again
   */
  record Proven(ApiCaller caller, Runnable forget) implements Verdict {}

  /**
   * The signature does not allow the request.
   *
   * @param caller who signed it; null if the signature is wrong
   * @param reason as in the metrics
   * @param remedy for the log
   */
  record Refused(int status, @Nullable ApiCaller caller, String reason, String why, String remedy)
      implements Verdict {}

  /** Whether requests to this path may be signed. */
  boolean isFor(String path);

  /** Whether the request has a signature that decides about it. */
  boolean isSigned(HttpServerRequest request, String path);

  /** Takes a place for a body from an unknown sender; false if there is none left. */
  boolean begin();

  /** Gives the place back. */
  void end();

  /** Finds out who signed the request. */
  Verdict verify(HttpServerRequest request, String path, byte[] body);
}
