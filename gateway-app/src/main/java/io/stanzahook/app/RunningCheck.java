package io.stanzahook.app;

import io.netty.channel.ConnectTimeoutException;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks whether a gateway runs already and is connected as the component: then its own readiness
 * says more than a second connection could, which would disturb it. That nobody is there is known
 * by a refused connection, and by nothing else: a machine under load is slow, and its gateway runs.
 */
final class RunningCheck {
  private static final String SUBJECT = "handshake";
  private static final String CONNECTED = "connected";

  /** What one answer may take. */
  static final Duration MAX_WAIT = Duration.ofSeconds(10);

  /** How often a gateway that is not connected yet is asked again, and after what time each. */
  static final int ASKED_AGAIN = 10;

  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final int MAX_BYTES = 64 * 1024;

  private static final int TOO_MANY = 429;

  private RunningCheck() {}

  /** What a gateway says of the component, with whether it has that component at all. */
  private record Asked(boolean gateway, boolean has, String status) {
    static final Asked SOMETHING_ELSE = new Asked(false, false, "");

    boolean isOnItsWay() {
      return has && !status.equals(CONNECTED);
    }
  }

  /**
   * What is to be said of the handshake without trying it; null where trying it disturbs nobody:
   * nobody is there, or a gateway that is not connected as the component.
   */
  static @Nullable Finding find(
      HostPort httpListen,
      @Nullable ClientCertificate certificate,
      String domain,
      LoopResources loops) {
    return find(httpListen, certificate, domain, loops, MAX_WAIT);
  }

  /** The same, with a time-out for each answer. */
  static @Nullable Finding find(
      HostPort httpListen,
      @Nullable ClientCertificate certificate,
      String domain,
      LoopResources loops,
      Duration longest) {
    if (httpListen.port() == 0) {
      return null;
    }
    HostPort address = new HostPort(reachable(httpListen.host()), httpListen.port());
    try {
      Asked asked = ask(address, certificate, domain, loops).timeout(longest).block();
      for (int i = 0; i < ASKED_AGAIN && asked != null && asked.isOnItsWay(); i++) {
        asked =
            Mono.delay(PAUSE)
                .then(ask(address, certificate, domain, loops))
                .timeout(longest)
                .block();
      }
      return judge(asked == null ? Asked.SOMETHING_ELSE : asked, address, domain);
    } catch (RuntimeException e) {
      return isRefusal(Exceptions.unwrap(e))
          ? null
          : new Finding(
              SUBJECT,
              Result.DOUBTFUL,
              ("the program at http://%s did not say within %d s whether it is a gateway "
                      + "that is connected as %s (%s); not tried, so as not to disturb it. Try again "
                      + "when the machine is less busy, or stop that program")
                  .formatted(address, longest.toSeconds(), domain, reason(Exceptions.unwrap(e))));
    }
  }

  private static Mono<Asked> ask(
      HostPort address,
      @Nullable ClientCertificate certificate,
      String domain,
      LoopResources loops) {
    HttpClient plain = HttpClient.create(ConnectionProvider.newConnection()).runOn(loops);
    HttpClient client = certificate == null ? plain : plain.secure(tls(certificate));
    return client
        .get()
        .uri((certificate == null ? "http://" : "https://") + address + "/readyz")
        .responseSingle(
            (response, body) ->
                body.asString()
                    .defaultIfEmpty("")
                    .map(text -> read(response.status().code(), text, domain)));
  }

  /** A gateway that shows the certificate of this configuration is the one that is meant. */
  private static Consumer<SslProvider.SslContextSpec> tls(ClientCertificate certificate) {
    TrustAdvice none = new TrustAdvice("", "", "");
    TrustedCertificates own = new TrustedCertificates(certificate.file(), certificate.chain());
    return spec -> spec.sslContext(TlsContext.of(certificate.name(), own, null, none));
  }

  private static @Nullable Finding judge(Asked asked, HostPort address, String domain) {
    if (!asked.gateway()) {
      return new Finding(
          SUBJECT,
          Result.FAILED,
          ("something other than a gateway answers at http://%s, where run must listen; "
                  + "choose another port with --http-listen, or stop that program")
              .formatted(address));
    }
    return asked.status().equals(CONNECTED)
        ? new Finding(
            SUBJECT,
            Result.OK,
            ("a gateway is already running, with its health at http://%s, and is connected"
                    + " as %s; not tried, so as not to disturb it")
                .formatted(address, domain))
        : null;
  }

  private static Asked read(int status, String readiness, String domain) {
    Asked asked = read(readiness, domain);
    if (!asked.gateway() && (status == TOO_MANY || status >= 500)) {
      // A gateway, or a proxy before it, that has too much to do to say more.
      throw new IllegalStateException("it answered " + status);
    }
    return asked;
  }

  private static Asked read(String readiness, String domain) {
    try {
      JsonNode json =
          readiness.length() > MAX_BYTES ? null : JsonMapper.shared().readTree(readiness);
      if (json == null || !json.path("components").isObject() || !json.has("ready")) {
        return Asked.SOMETHING_ELSE;
      }
      JsonNode status = json.path("components").path(domain);
      return new Asked(true, status.isString(), status.asString(""));
    } catch (JacksonException e) {
      return Asked.SOMETHING_ELSE;
    }
  }

  /** Whether the system said that nobody listens there: time-outs have a class below that one's. */
  private static boolean isRefusal(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof ConnectTimeoutException || e instanceof NoRouteToHostException) {
        return false;
      }
      if (e instanceof ConnectException
          && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return SocketErrors.text(cause);
  }

  /** Where this machine itself reaches what listens there. */
  static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> host;
    };
  }
}
