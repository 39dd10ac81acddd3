package io.stanzahook.sandbox;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.wire.StreamCondition;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * An XMPP server as components see it (XEP-0114). It accepts their streams, checks their
 * handshakes, sends them stanzas, and passes what they send to a listener. It has no users and
 * stores nothing.
 *
 * <p>It is as strict as the strictest real server. A second stream of one component is a {@code
 * conflict}, as in Prosody. A stanza from a foreign address, or without one, ends the stream, as in
 * ejabberd. Stanzas to a component, including the sender itself, are routed to it, as in all
 * servers.
 *
 * <p>It can also misbehave on demand: see {@link #freeze}, {@link #holdHandshakes}, {@link #drop},
 * {@link #sendRaw}.
 */
public final class ComponentServer {
  private final ComponentServerSettings settings;
  private final ComponentServerListener listener;

  /** All open connections, authenticated or not. Bounded by the sockets of the process. */
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();

  /** Authenticated ones, at most one for each component of the settings. */
  private final ConcurrentMap<String, ServerConnection> components = new ConcurrentHashMap<>();

  private volatile boolean frozen;
  private volatile boolean holding;
  private @Nullable DisposableServer server;

  private ComponentServer(ComponentServerSettings settings, ComponentServerListener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Listens.
   *
   * @param loops the event loops for its connections; not disposed of here
   * @return the server once it listens; ends with an error if the port is taken
   */
  public static Mono<ComponentServer> start(
      ComponentServerSettings settings, LoopResources loops, ComponentServerListener listener) {
    return start(TcpServer.create(), settings, loops, listener);
  }

  /**
   * Listens for components that speak TLS from the first byte; see {@link
   * #start(ComponentServerSettings, LoopResources, ComponentServerListener)}.
   *
   * @param tls the server's side: its certificate, its versions, whether it asks for the client's
   */
  public static Mono<ComponentServer> startTls(
      ComponentServerSettings settings,
      SslContext tls,
      LoopResources loops,
      ComponentServerListener listener) {
    return start(
        TcpServer.create().secure(spec -> spec.sslContext(tls)), settings, loops, listener);
  }

  private static Mono<ComponentServer> start(
      TcpServer base,
      ComponentServerSettings settings,
      LoopResources loops,
      ComponentServerListener listener) {
    return Mono.defer(
        () -> {
          ComponentServer started = new ComponentServer(settings, listener);
          return base.runOn(loops)
              .host(settings.host())
              .port(settings.port())
              // So that a test can come back on a port whose connections linger.
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .doOnConnection(started::accept)
              // Reads all there is: the connection's own handler takes it before it gets here.
              .handle((in, out) -> in.receiveObject().then())
              .bind()
              .map(
                  bound -> {
                    started.server = bound;
                    return started;
                  });
        });
  }

  private void accept(Connection connection) {
    ServerConnection accepted = new ServerConnection(this, connection.channel());
    if (frozen) {
      accepted.beginFrozen();
    }
    connections.add(accepted);
    connection.addHandlerLast("stanzahook.sandbox", accepted);
    connection
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              connections.remove(accepted);
              accepted.closed();
            });
  }

  /** The port it listens on. */
  public int port() {
    DisposableServer bound = server;
    return bound == null ? settings.port() : bound.port();
  }

  /** Whether that component's stream is up. */
  public boolean isConnected(String domain) {
    return components.containsKey(Jid.comparableDomain(domain));
  }

  /**
   * Sends stanzas to the component of their recipients, in order and with nothing between them,
   * when subscribed to.
   *
   * @return completes when they are written to the socket, which needs a component that reads; ends
   *     with {@link NotRoutedException} if there is no such component, or too much waits for it
   */
  public Mono<Void> send(List<OutboundStanza> stanzas) {
    if (stanzas.isEmpty()) {
      return Mono.empty();
    }
    String domain = Jid.comparableDomain(stanzas.get(0).to().domain());
    return Mono.defer(
        () -> {
          ServerConnection component = components.get(domain);
          return component == null
              ? Mono.error(NotRoutedException.away(domain))
              : component.send(stanzas);
        });
  }

  /** Sends one stanza; see {@link #send(List)}. */
  public Mono<Void> send(OutboundStanza stanza) {
    return send(List.of(stanza));
  }

  /**
   * Sends the text to a component unchanged, well-formed or not, whole stanzas or parts.
   *
   * @return as that of {@link #send(List)}
   */
  public Mono<Void> sendRaw(String domain, String text) {
    return Mono.defer(
        () -> {
          ServerConnection component = components.get(Jid.comparableDomain(domain));
          return component == null
              ? Mono.error(NotRoutedException.away(domain))
              : component.sendRaw(text);
        });
  }

  /** Stops reading, and therefore answering, on all connections, including new ones. */
  public void freeze() {
    frozen = true;
    connections.forEach(connection -> connection.freeze(true));
  }

  /** Undoes {@link #freeze}. */
  public void thaw() {
    frozen = false;
    connections.forEach(connection -> connection.freeze(false));
  }

  /** From now on, does not acknowledge correct handshakes. */
  public void holdHandshakes() {
    holding = true;
  }

  /** Acknowledges handshakes again, including the ones that wait. */
  public void releaseHandshakes() {
    holding = false;
    connections.forEach(ServerConnection::acknowledgeHeld);
  }

  /** Closes all connections without an error; continues listening. */
  public void drop() {
    connections.forEach(ServerConnection::drop);
  }

  /** Ends all streams with this error; continues listening. */
  public void endStreams(StreamCondition condition) {
    connections.forEach(connection -> connection.end(condition));
  }

  /** Stops listening, and ends all streams as in an orderly shutdown of a server. */
  public Mono<Void> stop() {
    return Mono.defer(
        () -> {
          DisposableServer bound = server;
          if (bound == null) {
            return Mono.<Void>empty();
          }
          bound.dispose();
          return bound
              .onDispose()
              .then(Flux.fromIterable(connections).flatMap(ServerConnection::close).then());
        });
  }

  ComponentServerSettings settings() {
    return settings;
  }

  ComponentServerListener listener() {
    return listener;
  }

  boolean isHolding() {
    return holding;
  }

  /**
   * Makes a connection the component's one.
   *
   * @return whether there was none
   */
  boolean register(String domain, ServerConnection connection) {
    return components.putIfAbsent(Jid.comparableDomain(domain), connection) == null;
  }

  void unregister(String domain, ServerConnection connection) {
    components.remove(Jid.comparableDomain(domain), connection);
  }

  /** Calls back with the component's connection, if there is one. */
  boolean route(String domain, Consumer<ServerConnection> target) {
    ServerConnection component = components.get(Jid.comparableDomain(domain));
    if (component != null) {
      target.accept(component);
    }
    return component != null;
  }
}
