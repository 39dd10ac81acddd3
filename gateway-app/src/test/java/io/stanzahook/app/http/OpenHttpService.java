package io.stanzahook.app.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.settings.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import reactor.netty.resources.LoopResources;

/** The HTTP service on a free port, with no gateway behind it, that asks for no credentials. */
final class OpenHttpService implements AutoCloseable {
  private static final int READ_MILLIS = 20_000;

  private final LoopResources loops = LoopResources.create("http-test", 1, true);
  private final HttpService service;

  OpenHttpService() throws ListenException {
    service =
        Api.start(
            new HostPort("127.0.0.1", 0),
            () -> null,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            () -> new Readiness.State(false, Map.of()),
            new Administration(
                () -> ApiCredentials.NOT_NEEDED,
                () -> null,
                10,
                HookSettings.usual(),
                Gateways.NONE,
                Reloading.NONE,
                null,
                SendSpans.NONE,
                Workbench.none()),
            loops);
  }

  int port() {
    return service.address().port();
  }

  /** A connection to it, whose reads do not wait for ever. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(READ_MILLIS);
    return socket;
  }

  @Override
  public void close() {
    service.close();
    loops.disposeLater(Duration.ofMillis(100), Duration.ofSeconds(3)).block();
  }
}
