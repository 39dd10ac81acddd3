package io.stanzahook.app.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The server behind {@code --http-listen}. */
public final class HttpService implements AutoCloseable {
  /** The maximum length of the request line, in bytes. */
  static final int MAX_REQUEST_LINE = 8 * 1024;

  /** The maximum size of all headers of a request, in bytes. */
  static final int MAX_HEADERS = 16 * 1024;

  private final DisposableServer server;
  private final Disposable parts;

  private HttpService(DisposableServer server, Disposable parts) {
    this.server = server;
    this.parts = parts;
  }

  /**
   * Listens.
   *
   * @param certificate the certificate for HTTPS, asked for again for each connection; null for
   *     plain HTTP, which cannot change later
   * @param credentials who may use routes that are not open, as they are now; null for nobody
   * @param routes the first one that serves a path answers
   * @param spans is informed of requests that belong to a caller's trace
   * @param nodes answer what needs a stream that this node does not hold
   * @param registry of the metrics of requests
   * @param parts disposed of when the server closes, or if it cannot listen
   * @param loops the server's own event loops; the caller disposes of them
   * @throws ListenException if it cannot listen on the address
   */
  public static HttpService start(
      HostPort listen,
      Supplier<@Nullable ClientCertificate> certificate,
      Supplier<@Nullable ApiCredentials> credentials,
      List<Route> routes,
      Limits limits,
      SendSpans spans,
      OtherNodes nodes,
      MeterRegistry registry,
      Disposable parts,
      LoopResources loops)
      throws ListenException {
    Connections connections = new Connections(limits.refused());
    Authorization authorization = new Authorization(credentials, limits.refused());
    Router router = new Router(routes, authorization, limits, spans, nodes, registry);
    HttpServer http =
        HttpServer.create()
            .host(listen.host())
            .port(listen.port())
            .runOn(loops)
            .idleTimeout(Connections.IDLE)
            .httpRequestDecoder(
                spec -> spec.maxInitialLineLength(MAX_REQUEST_LINE).maxHeaderSize(MAX_HEADERS))
            .doOnChannelInit((observer, channel, address) -> connections.opened(channel))
            .handle((request, response) -> router.handle(request, response));
    if (certificate.get() != null) {
      ServerTls tls = new ServerTls(() -> Objects.requireNonNull(certificate.get()));
      http = http.secure(spec -> spec.sslContext(tls));
    }
    try {
      return new HttpService(http.bindNow(), parts);
    } catch (ChannelBindException e) {
      parts.dispose();
      throw new ListenException(
          "--http-listen %s: cannot listen there: %s; is another gateway running? Choose another"
                  .formatted(listen, reason(e))
              + " address or port");
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return SocketErrors.text(cause);
  }

  /** The address that it listens on, with the chosen port. */
  public HostPort address() {
    return new HostPort(server.host(), server.port());
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(3));
    parts.dispose();
  }
}
