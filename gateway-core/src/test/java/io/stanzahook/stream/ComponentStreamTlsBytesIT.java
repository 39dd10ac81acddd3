package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.Settings;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.WireLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.netty.resources.LoopResources;

/** The stream against a server played by the test, which speaks TLS, badly, or not at all. */
class ComponentStreamTlsBytesIT {
  private static final String DOMAIN = "gw.localhost";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int HANDSHAKE_RECORD = 22;

  private final LoopResources loops = LoopResources.create("tls-bytes-it", 1, true);
  private final TestCa ca = TestCa.create();
  private final BlockingQueue<String> told = new LinkedTransferQueue<>();
  private ServerSocket server;
  private @Nullable Disposable subscription;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout((int) PATIENCE.toMillis());
  }

  @AfterEach
  void end() throws IOException {
    if (subscription != null) {
      subscription.dispose();
    }
    server.close();
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private void connect(String host, @Nullable TlsSettings tls, Duration open, Duration ping) {
    ComponentSettings settings =
        Settings.with(
            TestSettings.component(
                host,
                server.getLocalPort(),
                DOMAIN,
                "secret",
                WireLimits.DEFAULTS,
                open,
                ping,
                100,
                PATIENCE),
            "tls",
            tls);
    StreamListener listener =
        new StreamListener() {
          @Override
          public void connected() {
            told.add("connected");
          }

          @Override
          public void disconnected(String reason, String explanation) {
            told.add(reason + ": " + explanation);
          }
        };
    subscription = new ComponentStream(settings, loops, listener).stanzas().subscribe();
  }

  private void connect() {
    connect("127.0.0.1", TestSettings.tls(ca.pem(), null, null), PATIENCE, PATIENCE);
  }

  private String toldNext() throws InterruptedException {
    return String.valueOf(told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private Socket accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  /** The server's side of TLS over a connection that was accepted. */
  private SSLSocket secured(Socket socket, String... names) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(ca.issue(names).toKeyManagerFactory().getKeyManagers(), null, null);
    SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static void expect(Socket socket, String text) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] read = in.readNBytes(text.getBytes(StandardCharsets.UTF_8).length);
    assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void open(Socket socket) throws IOException {
    expect(socket, Handshake.start(DOMAIN));
    write(
        socket,
        "<stream:stream xmlns='jabber:component:accept'"
            + " xmlns:stream='http://etherx.jabber.org/streams' from='gw.localhost' id='i1'>");
    expect(socket, Handshake.element("i1", "secret"));
    write(socket, "<handshake/>");
  }

  /** Reads the client's first record, whole: what is left unread makes a close a reset. */
  private static void readHello(Socket socket) throws IOException {
    byte[] header = socket.getInputStream().readNBytes(5);
    assertThat(header[0]).isEqualTo((byte) HANDSHAKE_RECORD);
    socket.getInputStream().readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff));
  }

  @Test
  void a15_theStreamBeginsAfterTheHandshakeAndEndsBeforeTheCloseNotify() throws Exception {
    connect();
    try (SSLSocket socket = secured(accept(), "127.0.0.1")) {
      open(socket);
      assertThat(toldNext()).isEqualTo("connected");
      write(socket, Handshake.END);
      // The JDK's socket ends in order only where a close_notify came before the connection's end.
      assertThat(rest(socket)).isEqualTo(Handshake.END);
    }
  }

  @Test
  void a15_aCloseNotifyIsTheEndThoughTheConnectionStays() throws Exception {
    connect();
    try (Socket plain = accept();
        SSLSocket socket = secured(plain, "127.0.0.1")) {
      open(socket);
      assertThat(toldNext()).isEqualTo("connected");
      socket.shutdownOutput();
      assertThat(toldNext()).isEqualTo("closed: the server closed the connection");
      assertThat(rest(socket)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"localhost, , localhost", "127.0.0.1, xmpp.example.org, xmpp.example.org"})
  void a15_theServerIsToldTheName(String host, @Nullable String name, String expected)
      throws Exception {
    connect(host, TestSettings.tls(ca.pem(), null, name), PATIENCE, PATIENCE);
    try (SSLSocket socket = secured(accept(), expected)) {
      assertThat(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames())
          .isEqualTo(List.of(new SNIHostName(expected)));
      open(socket);
      assertThat(toldNext()).isEqualTo("connected");
    }
  }

  @Test
  void a15_anAddressIsNoName() throws Exception {
    connect();
    try (SSLSocket socket = secured(accept(), "127.0.0.1")) {
      assertThat(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames()).isEmpty();
    }
  }

  @Test
  void a15_aServerThatNeverShakesHandsIsLeft() throws Exception {
    TlsSettings tls = TestSettings.tls(ca.pem(), null, null);
    connect("127.0.0.1", tls, Duration.ofMillis(300), PATIENCE);
    try (Socket socket = accept()) {
      assertThat(toldNext())
          .startsWith("tls: the server did not finish the TLS handshake within 0.3 s. Check that");
      readHello(socket);
      assertThat(socket.getInputStream().readAllBytes()).as("no start tag").isEmpty();
    }
  }

  @Test
  void a15_aHandshakeCutOffIsNoted() throws Exception {
    connect();
    try (Socket socket = accept()) {
      readHello(socket);
    }
    assertThat(toldNext()).startsWith("tls: the server cut the connection during the TLS handsh");
    try (Socket again = accept()) {
      // Unread, the hello makes this a reset.
      assertThat(again.getInputStream().read()).isEqualTo(HANDSHAKE_RECORD);
      again.setSoLinger(true, 0);
    }
    assertThat(toldNext()).startsWith("tls: the server cut the connection during the TLS handsh");
  }

  @ParameterizedTest
  @CsvSource({
    // The alert protocol_version, as OpenSSL sends it.
    "1503010002 0246",
    // A ServerHello of TLS 1.1 with TLS_RSA_WITH_AES_128_CBC_SHA and no extensions.
    "160302002a 02000026 0302 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
        + " 00 002f 00"
  })
  void a15_anOlderVersionIsRefused(String answer) throws Exception {
    connect();
    try (Socket socket = accept()) {
      readHello(socket);
      socket.getOutputStream().write(HexFormat.of().parseHex(answer.replace(" ", "")));
      assertThat(toldNext()).startsWith("tls: the server ").contains("TLS 1.3 or 1.2");
    }
  }

  @Test
  void a15_anAlertAgainstTheStartTagSaysThatTlsIsMissing() throws Exception {
    connect("127.0.0.1", null, PATIENCE, PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
      socket.getOutputStream().write(HexFormat.of().parseHex("15030100020246"));
      assertThat(rest(socket)).isEmpty();
    }
    assertThat(toldNext()).startsWith("tls: the server answered with an alert of TLS. Its port");
  }

  @Test
  void a15_aServerThatClosesAtOnceMayWantTls() throws Exception {
    connect("127.0.0.1", null, PATIENCE, PATIENCE);
    try (Socket socket = accept()) {
      expect(socket, Handshake.start(DOMAIN));
    }
    assertThat(toldNext())
        .isEqualTo("closed: the server closed the connection. " + Advice.TLS_MISSING);
  }

  @Test
  void a14_a15_halfARecordIsLife() throws Exception {
    TlsSettings tls = TestSettings.tls(ca.pem(), null, null);
    Duration ping = Duration.ofMillis(800);
    connect("127.0.0.1", tls, PATIENCE, ping);
    try (Socket plain = accept();
        SSLSocket socket = secured(plain, "127.0.0.1")) {
      open(socket);
      assertThat(toldNext()).isEqualTo("connected");
      // A record of which one byte comes whenever the component is about to ask whether the server
      // is alive; nothing of it can be decrypted before its last byte.
      plain.getOutputStream().write(HexFormat.of().parseHex("1703034000"));
      long end = System.nanoTime() + ping.multipliedBy(2).toNanos();
      while (System.nanoTime() < end) {
        plain.getOutputStream().write(0);
        assertThat(told.poll(ping.toMillis() / 8, TimeUnit.MILLISECONDS)).isNull();
      }
    }
  }
}
