package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.credentials.ApiCredentials;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Decides who may use routes that are not open to all (RFC 7617 and RFC 6750, 2.1). */
final class Authorization {
  private static final String CHALLENGE = "Bearer, Basic realm=\"stanzahook\", charset=\"UTF-8\"";

  private static final String TOKEN = "token";
  private static final int MAX_PARAMETERS = 16;

  private final Supplier<@Nullable ApiCredentials> known;
  private final RefusedRequests refused;
  private final Guesses guesses = new Guesses(InstantSource.system());

  /**
   * Decides with the credentials that are known at the time.
   *
   * @param known null if nobody may
   */
  Authorization(Supplier<@Nullable ApiCredentials> known, RefusedRequests refused) {
    this.known = known;
    this.refused = refused;
  }

  /** Why the request is refused whoever the caller is; null if it is not. */
  @Nullable String obstacle(Route route, HttpServerRequest request) {
    ApiCredentials credentials = known.get();
    String remote =
        credentials == null || credentials.anybody() == null ? null : RequestOrigin.remote(request);
    return remote == null && !route.isOpen() ? RequestOrigin.foreign(request) : remote;
  }

  /** The caller; null if nobody may use the route, or if the credentials are wrong or missing. */
  @Nullable ApiCaller caller(Route route, HttpServerRequest request) {
    ApiCredentials credentials = known.get();
    if (credentials == null) {
      return null;
    }
    ApiCaller anybody = credentials.anybody();
    if (anybody != null) {
      return anybody;
    }
    String header = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION);
    if (header != null) {
      return find(credentials, header);
    }
    String token = route.tokenInUrl() ? inUrl(request) : null;
    return token == null ? null : credentials.ofToken(token);
  }

  private static @Nullable String inUrl(HttpServerRequest request) {
    try {
      List<String> tokens =
          new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, MAX_PARAMETERS)
              .parameters()
              .get(TOKEN);
      return tokens == null || tokens.size() != 1 ? null : tokens.get(0);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Refuses those that {@link #caller} does not know, now or later. */
  Mono<Reply> refusal(
      Route route, HttpServerRequest request, HttpServerResponse response, String path) {
    Signatures signatures = route.signatures();
    boolean signable = signatures != null && signatures.isFor(path);
    if (known.get() == null && !signable) {
      return refused(403, "nobody may use this: start the gateway with --api-token-file");
    }
    response.header(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE);
    boolean given =
        request.requestHeaders().contains(HttpHeaderNames.AUTHORIZATION)
            || (route.tokenInUrl() && inUrl(request) != null);
    if (!given) {
      return refused(
          401,
          "credentials are needed: Authorization: Bearer TOKEN, or user and password"
              + (signable ? "; or a signature with the secret of this format" : ""));
    }
    String address = Connections.address(request.remoteAddress());
    refused.wrongCredentials(address, request.method().name(), path);
    return wrong(address, refused(401, "these credentials are not in the --api-token-file"));
  }

  /** Refuses a request whose signature does not prove that it may, now or later. */
  Mono<Reply> refusal(
      HttpServerRequest request,
      HttpServerResponse response,
      String path,
      Signatures.Refused unproven) {
    Mono<Reply> reply = refused(unproven.status(), unproven.why());
    String method = request.method().name();
    if (unproven.status() == 401) {
      response.header(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE);
    }
    ApiCaller caller = unproven.caller();
    if (caller != null) {
      String why = unproven.why() + ": " + unproven.remedy();
      refused.refused(caller, unproven.reason(), method, path, why);
      return reply;
    }
    String address = Connections.address(request.remoteAddress());
    refused.badSignature(address, method, path, unproven.why(), unproven.remedy());
    return wrong(address, reply);
  }

  private Mono<Reply> wrong(String address, Mono<Reply> reply) {
    return switch (guesses.wrong(address)) {
      case AT_ONCE -> reply;
      case LATER -> {
        // The place stays taken for that time, even if the caller does not wait.
        Mono<Long> wait =
            Mono.delay(Guesses.WAIT).doFinally(end -> guesses.answered(address)).cache();
        wait.subscribe();
        yield wait.then(reply);
      }
      case REFUSED -> refused(429, "too many wrong credentials came from this address");
    };
  }

  private static Mono<Reply> refused(int status, String why) {
    return Mono.error(ApiException.ofStatus(status, why));
  }

  private static @Nullable ApiCaller find(ApiCredentials credentials, String header) {
    int space = header.indexOf(' ');
    String scheme = header.substring(0, Math.max(0, space)).toLowerCase(Locale.ROOT);
    String value = header.substring(space + 1).trim();
    return switch (scheme) {
      case "bearer" -> credentials.ofToken(value);
      case "basic" -> {
        try {
          byte[] pair = Base64.getDecoder().decode(value);
          yield credentials.ofPair(new String(pair, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          yield null;
        }
      }
      default -> null;
    };
  }
}
