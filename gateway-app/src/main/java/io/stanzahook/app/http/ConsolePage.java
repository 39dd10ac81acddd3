package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The files of the console. They contain no data of the gateway, so everybody may load them. The
 * page asks for credentials and uses them to load its data.
 */
public final class ConsolePage {
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
              + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Referrer-Policy",
          "no-referrer");

  /** All but the page itself, each at its name. */
  private static final List<String> FILES =
      List.of(
          "console.css",
          "console.svg",
          "console.js",
          "console-page.js",
          "console-notices.js",
          "console-cluster.js",
          "console-bench.js",
          "console-deliveries.js",
          "console-letters.js",
          "console-settings.js");

  private static final Map<String, String> TYPES =
      Map.of(
          ".html", "text/html",
          ".css", "text/css",
          ".svg", "image/svg+xml",
          ".js", "text/javascript");

  private ConsolePage() {}

  /**
   * The routes of all files. Reads them, so it must not run on an event loop.
   *
   * @param credentials who may use the page; null for nobody
   */
  public static List<Route> routes(@Nullable ApiCredentials credentials) {
    List<Route> routes = new ArrayList<>();
    Reply page = reply("console.html", credentials);
    routes.add(Route.open("/", request -> Mono.just(page)));
    for (String file : FILES) {
      Reply reply = reply(file, credentials);
      routes.add(Route.open("/" + file, request -> Mono.just(reply)));
    }
    return routes;
  }

  private static Reply reply(String file, @Nullable ApiCredentials credentials) {
    if (credentials == null) {
      return Reply.error(
          403,
          "the console is off: start the gateway with --api-token-file, or the sandbox with"
              + " --http-listen on the loopback interface");
    }
    try (InputStream in =
        Objects.requireNonNull(ConsolePage.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (credentials.anybody() != null) {
        // Everybody may change everything: it need not wait to be told so.
        text =
            text.replace(
                "class=\"reader\" data-credentials=\"needed\"", "data-credentials=\"none\"");
      }
      String type = TYPES.get(file.substring(file.indexOf('.')));
      return new Reply(200, type + "; charset=utf-8", text, HEADERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
