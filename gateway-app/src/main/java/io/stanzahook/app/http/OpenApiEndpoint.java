package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code GET /openapi.json}: all that this server answers, as an OpenAPI 3.1 document. */
final class OpenApiEndpoint implements Endpoint {
  private final Reply document;

  /** Reads the document: not to be called on an event loop. */
  OpenApiEndpoint() {
    try (InputStream in =
        Objects.requireNonNull(OpenApiEndpoint.class.getResourceAsStream("openapi.json"))) {
      document =
          new Reply(200, SentBody.JSON, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean serves(String path) {
    return path.equals("/openapi.json");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    return Mono.just(document);
  }
}
