package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * A file of the console's page. It holds nothing of the gateway, so it is open: the page asks for
 * credentials, and with them for its data.
 */
final class ConsoleEndpoint implements Endpoint {
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
              + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Referrer-Policy",
          "no-referrer");

  private final String path;
  private final Reply reply;

  private ConsoleEndpoint(String path, Reply reply) {
    this.path = path;
    this.reply = reply;
  }

  /** All files: not to be called on an event loop. */
  static List<Endpoint> all(boolean anybodyMayUseIt) {
    return List.of(
        of("/", "console.html", "text/html", anybodyMayUseIt),
        of("/console.css", "console.css", "text/css", anybodyMayUseIt),
        of("/console.js", "console.js", "text/javascript", anybodyMayUseIt));
  }

  private static Endpoint of(String path, String file, String type, boolean anybodyMayUseIt) {
    if (!anybodyMayUseIt) {
      return new ConsoleEndpoint(
          path, Reply.error(403, "the console is off: start the gateway with --api-token-file"));
    }
    try (InputStream in =
        Objects.requireNonNull(ConsoleEndpoint.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new ConsoleEndpoint(path, new Reply(200, type + "; charset=utf-8", text, HEADERS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean serves(String requested) {
    return requested.equals(path);
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET);
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    return Mono.just(reply);
  }
}
