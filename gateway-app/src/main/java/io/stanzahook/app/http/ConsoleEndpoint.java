package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.config.ApiCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

  private static final Map<String, String> FILES =
      Map.of(
          "/", "console.html",
          "/console.css", "console.css",
          "/console.svg", "console.svg",
          "/console.js", "console.js",
          "/console-page.js", "console-page.js",
          "/console-deliveries.js", "console-deliveries.js",
          "/console-letters.js", "console-letters.js",
          "/console-settings.js", "console-settings.js");

  private static final Map<String, String> TYPES =
      Map.of(
          ".html", "text/html",
          ".css", "text/css",
          ".svg", "image/svg+xml",
          ".js", "text/javascript");

  private final String path;
  private final Reply reply;

  private ConsoleEndpoint(String path, Reply reply) {
    this.path = path;
    this.reply = reply;
  }

  /**
   * All files: not to be called on an event loop.
   *
   * @param credentials who may look at what the page shows; null for nobody
   */
  static List<Endpoint> all(@Nullable ApiCredentials credentials) {
    List<Endpoint> all = new ArrayList<>();
    FILES.forEach((path, file) -> all.add(of(path, file, credentials)));
    return all;
  }

  private static Endpoint of(String path, String file, @Nullable ApiCredentials credentials) {
    if (credentials == null) {
      return new ConsoleEndpoint(
          path,
          Reply.error(
              403,
              "the console is off: start the gateway with --api-token-file, or the sandbox with"
                  + " --http-listen on the loopback interface"));
    }
    try (InputStream in =
        Objects.requireNonNull(ConsoleEndpoint.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (credentials.anybody() != null) {
        text = text.replace("data-credentials=\"needed\"", "data-credentials=\"none\"");
      }
      String type = TYPES.get(file.substring(file.indexOf('.')));
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
