package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.stanzahook.TestSettings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** A stream, and a server played by the test, which sees every byte. */
abstract class StreamBytesFixture {
  static final String DOMAIN = "gw.localhost";
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("stream-bytes-it", 1, true);
  final BlockingQueue<String> told = new LinkedTransferQueue<>();
  Duration maxPendingAge = PATIENCE;

  /** As in a cluster; null outside of one. */
  @Nullable BooleanSupplier mayConnect;

  ServerSocket server;
  ComponentStream stream;
  private Disposable subscription = Disposables.disposed();

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout((int) PATIENCE.toMillis());
  }

  @AfterEach
  void end() throws IOException {
    subscription.dispose();
    server.close();
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  void connect(Duration openTimeout) {
    connect(server.getInetAddress().getHostAddress(), openTimeout, UnaryOperator.identity());
  }

  void connect(String host, Duration openTimeout, UnaryOperator<DnsNameResolverBuilder> names) {
    prepare(host, openTimeout, Duration.ofMinutes(1), names);
    subscription =
        stream
            .stanzas()
            .subscribe(stanza -> {}, error -> told.add("refused " + error.getMessage()));
  }

  /** Connects, and takes stanzas as the test does. */
  void connect(Duration pingTimeout, BaseSubscriber<Stanza> taker) {
    prepare(
        server.getInetAddress().getHostAddress(), PATIENCE, pingTimeout, UnaryOperator.identity());
    subscription = taker;
    stream.stanzas().subscribe(taker);
  }

  /** Connects with short limits, and takes stanzas as the test does. */
  void prepare(Duration openTimeout, Duration pingTimeout, BaseSubscriber<Stanza> taker) {
    prepare(
        server.getInetAddress().getHostAddress(),
        openTimeout,
        pingTimeout,
        UnaryOperator.identity());
    subscription = taker;
    stream.stanzas().subscribe(taker);
  }

  private void prepare(
      String host,
      Duration openTimeout,
      Duration pingTimeout,
      UnaryOperator<DnsNameResolverBuilder> names) {
    ComponentSettings settings =
        TestSettings.component(
            host,
            server.getLocalPort(),
            DOMAIN,
            "secret",
            WireLimits.DEFAULTS,
            openTimeout,
            pingTimeout,
            100,
            maxPendingAge);
    StreamListener listener =
        new StreamListener() {
          @Override
          public void status(StreamStatus status, @Nullable String detail) {
            told.add(status + " " + detail);
          }
        };
    stream = new ComponentStream(settings, loops, listener, names);
    if (mayConnect != null) {
      stream.connectOnlyIf(mayConnect);
    }
  }

  String awaitTold(String part) throws InterruptedException {
    String last = "";
    while (!last.contains(part)) {
      last = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(last).as("told of: %s", part).isNotNull();
    }
    return last;
  }

  static String start(String id) {
    return "<stream:stream xmlns='jabber:component:accept'"
        + " xmlns:stream='http://etherx.jabber.org/streams' from='gw.localhost' id='"
        + id
        + "'>";
  }

  Socket accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  static void expect(Socket socket, String text) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] read = in.readNBytes(text.getBytes(StandardCharsets.UTF_8).length);
    assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Plays the server's part up to the acknowledgement. */
  void open(Socket socket) throws Exception {
    expect(socket, Handshake.start(DOMAIN));
    write(socket, start("i1"));
    expect(socket, Handshake.element("i1", "secret"));
    write(socket, "<handshake/>");
    awaitTold("CONNECTED ");
  }

  /** Sends a message, once subscribed to. */
  Mono<Void> send(String body) {
    return stream.send(
        List.of(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.MESSAGE, Jid.of("ann@localhost"), Jid.of("bot@gw.localhost"))
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build())));
  }
}
