package io.stanzahook.app;

import io.stanzahook.app.config.HostPort;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks whether a gateway runs already and is connected as the component: then its own readiness
 * says more than a second connection could, which would disturb it.
 */
final class RunningCheck {
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int MOST_BYTES = 64 * 1024;

  private RunningCheck() {}

  /** Where one runs that is connected; null where none was found. */
  static @Nullable HostPort find(HostPort httpListen, String domain, LoopResources loops) {
    if (httpListen.port() == 0) {
      return null;
    }
    HostPort address = new HostPort(reachable(httpListen.host()), httpListen.port());
    try {
      String answer =
          HttpClient.create(ConnectionProvider.newConnection())
              .runOn(loops)
              .get()
              .uri("http://" + address + "/readyz")
              .responseSingle(
                  (response, body) -> body.asString().filter(text -> text.length() <= MOST_BYTES))
              .timeout(LONGEST)
              .block();
      return answer != null && connected(answer, domain) ? address : null;
    } catch (RuntimeException nobodyThere) {
      return null;
    }
  }

  private static boolean connected(String readiness, String domain) {
    try {
      return "connected"
          .equals(
              Objects.requireNonNull(JsonMapper.shared().readTree(readiness))
                  .path("components")
                  .path(domain)
                  .asString(""));
    } catch (JacksonException e) {
      return false;
    }
  }

  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> host;
    };
  }
}
