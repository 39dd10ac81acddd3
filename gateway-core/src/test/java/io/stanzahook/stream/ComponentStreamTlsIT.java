package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.X509Bundle;
import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.resources.LoopResources;

/** The stream over TLS, with servers that it trusts and servers that it must not. */
class ComponentStreamTlsIT {
  private static final String DOMAIN = "bot.localhost";
  private static final String V13 = "TLSv1.3";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ComponentServerSettings SERVER =
      ComponentServerSettings.of(DOMAIN, "secret");

  private final LoopResources loops = LoopResources.create("tls-it", 2, true);
  private final TestCa ca = TestCa.create();
  private final Peer peer = new Peer();
  private final BlockingQueue<Stanza> received = new LinkedTransferQueue<>();
  private final BlockingQueue<String> told = new LinkedTransferQueue<>();
  private final Taker taker = new Taker();
  private @Nullable ComponentServer server;
  private @Nullable ComponentStream stream;

  @AfterEach
  void end() {
    if (stream != null) {
      stream.close().block(PATIENCE);
    }
    taker.dispose();
    if (server != null) {
      server.stop().block(PATIENCE);
    }
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  /** Takes as many stanzas as it is told to. */
  private final class Taker extends BaseSubscriber<Stanza> {
    volatile Consumer<Stanza> onNext = received::add;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // Nothing yet.
    }

    @Override
    protected void hookOnNext(Stanza stanza) {
      onNext.accept(stanza);
    }
  }

  private void serve(SslContext tls) {
    server = ComponentServer.startTls(SERVER, tls, loops, peer).block(PATIENCE);
  }

  private void servePlain() {
    server = ComponentServer.start(SERVER, loops, peer).block(PATIENCE);
  }

  private TlsSettings trusting(@Nullable String name) {
    return TestSettings.tls(ca.pem(), null, name);
  }

  private void connect(@Nullable TlsSettings tls) {
    connect(ComponentServerSettings.LOOPBACK, tls);
    taker.request(Long.MAX_VALUE);
  }

  private void connect(String host, @Nullable TlsSettings tls) {
    ComponentSettings settings =
        Settings.with(
            TestSettings.component(
                host,
                server.port(),
                DOMAIN,
                "secret",
                WireLimits.DEFAULTS,
                PATIENCE,
                Duration.ofMinutes(1),
                100_000,
                PATIENCE),
            "tls",
            tls);
    stream =
        new ComponentStream(
            settings,
            loops,
            new StreamListener() {
              @Override
              public void disconnected(String reason, String explanation) {
                told.add(reason + ": " + explanation);
              }

              @Override
              public void status(StreamStatus status, @Nullable String detail) {
                if (status == StreamStatus.CONNECTED) {
                  told.add("connected to " + detail);
                }
              }

              @Override
              public void paused() {
                told.add("paused");
              }
            });
    stream.stanzas().subscribe(taker);
  }

  private String toldNext() throws InterruptedException {
    return String.valueOf(told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private void assertConnected() throws InterruptedException {
    assertThat(toldNext()).startsWith("connected to ").endsWith(" over TLS");
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
  }

  private static OutboundStanza message(String from, String to, String body) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of(to), Jid.of(from))
            .textChild(Namespaces.COMPONENT, "body", body)
            .build());
  }

  private static OutboundStanza in(String body) {
    return message("u@localhost", "b@bot.localhost", body);
  }

  private static OutboundStanza out(String body) {
    return message("b@bot.localhost", "u@localhost", body);
  }

  private void assertCarriesBothWays() throws InterruptedException {
    server.send(in("in")).block(PATIENCE);
    assertThat(received.poll(120, TimeUnit.SECONDS).xml().toString()).contains("<body>in</body>");
    stream.send(List.of(out("out"))).block(PATIENCE);
    assertThat(peer.next()).startsWith("received ").contains("<body>out</body>");
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, "TLSv1.2"})
  void a15_carriesStanzasOverBothVersions(String version) throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), version));
    connect(trusting(null));
    assertConnected();
    assertCarriesBothWays();
  }

  @Test
  void a15_aServersOwnCertificateMayBeTrustedItself() throws Exception {
    X509Bundle own = ca.issue("127.0.0.1");
    serve(TestCa.server(own, V13));
    connect(TestSettings.tls(own.getCertificatePEM(), null, null));
    assertConnected();
  }

  @Test
  void a15_comesBackAfterADropWithWhatWaited() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), V13));
    connect(trusting(null));
    assertConnected();
    server.drop();
    assertThat(toldNext()).isEqualTo("closed: the server closed the connection");
    stream.send(List.of(out("late"))).subscribe();
    assertThat(peer.next()).isEqualTo("disconnected " + DOMAIN);
    assertConnected();
    assertThat(peer.next()).contains("<body>late</body>");
    assertCarriesBothWays();
  }

  @Test
  void a15_bigStanzasAndManySmallOnes() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), V13));
    connect(trusting(null));
    assertConnected();
    String big = "\u00e4\ud83d\ude00".repeat(50_000);
    List<OutboundStanza> incoming = new ArrayList<>(List.of(in(big)));
    IntStream.range(0, 2_000).forEach(n -> incoming.add(in("n" + n)));
    server.send(incoming).block(PATIENCE);
    assertThat(received.poll(120, TimeUnit.SECONDS).xml().toString()).contains(big);
    for (int n = 0; n < 2_000; n++) {
      assertThat(received.poll(120, TimeUnit.SECONDS).xml().toString())
          .contains("<body>n" + n + "<");
    }
    stream.send(List.of(out(big))).block(PATIENCE);
    assertThat(peer.next()).contains(big);
    for (int n = 0; n < 2_000; n++) {
      stream.send(List.of(out("n" + n))).subscribe();
    }
    for (int n = 0; n < 2_000; n++) {
      assertThat(peer.next()).contains("<body>n" + n + "<");
    }
  }

  @Test
  void a15_withoutDemandNothingIsReadAndTheServerIsHeldBack() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), V13));
    connect(ComponentServerSettings.LOOPBACK, trusting(null));
    // Enough to see the server's start tag and acknowledgement, which demand reads.
    taker.request(1);
    assertConnected();
    // 16 MB: more than the sockets on both sides hold.
    int count = 4_000;
    String kilobytes = "x".repeat(4_000);
    List<OutboundStanza> much = IntStream.range(0, count).mapToObj(n -> in(kilobytes)).toList();
    CountDownLatch written = new CountDownLatch(1);
    server.send(much).subscribe(done -> {}, error -> {}, written::countDown);
    assertThat(received.poll(120, TimeUnit.SECONDS)).isNotNull();
    assertThat(toldNext()).isEqualTo("paused");
    assertThat(written.await(1, TimeUnit.SECONDS)).isFalse();
    assertThat(received).isEmpty();

    CountDownLatch rest = new CountDownLatch(count - 1);
    taker.onNext = stanza -> rest.countDown();
    taker.request(Long.MAX_VALUE);
    assertThat(rest.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(written.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a15_theJdksTrustStoreKnowsNotEveryCa() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), V13));
    connect(TlsSettings.DEFAULTS);
    assertThat(toldNext())
        .startsWith("tls: the certificate of CN=Test certificate, issued by CN=Test CA, is not")
        .contains("‹tls-ca›");
  }

  @Test
  void a15_aCertificateOfAnotherCaIsRefused() throws Exception {
    serve(TestCa.server(TestCa.create().issue("127.0.0.1"), V13));
    connect(trusting(null));
    assertThat(toldNext()).startsWith("tls: ").contains("is not trusted", "‹tls-ca›");
  }

  @Test
  void a15_aCertificateForClientsIsNoneForServers() throws Exception {
    serve(TestCa.server(ca.issueForClients("127.0.0.1"), V13));
    connect(trusting(null));
    assertThat(toldNext()).startsWith("tls: ").contains("is not trusted (Extended key usage");
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, "TLSv1.2"})
  void a15_aWrongNameIsRefused(String version) throws Exception {
    serve(TestCa.server(ca.issue("xmpp.example.org", "10.0.0.1"), version));
    connect(trusting(null));
    assertThat(toldNext())
        .startsWith(
            "tls: the certificate is for xmpp.example.org, 10.0.0.1, not for 127.0.0.1."
                + " If that is the right server")
        .contains("‹tls-name›");
  }

  @Test
  void a15_theNameMayBeAnotherThanTheAddress() throws Exception {
    serve(TestCa.server(ca.issue("xmpp.example.org"), V13));
    connect(trusting("XMPP.example.org"));
    assertConnected();
  }

  @Test
  void a15_withAnotherNameTheAddressWillNotDo() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1", "localhost"), V13));
    connect("localhost", trusting("xmpp.example.org"));
    assertThat(toldNext()).contains("is for 127.0.0.1, localhost, not for xmpp.example.org");
  }

  @Test
  void a15_anExpiredCertificateIsRefused() throws Exception {
    X509Bundle expired = ca.issue(-3, -2, "127.0.0.1");
    serve(TestCa.server(expired, V13));
    connect(trusting(null));
    assertThat(toldNext())
        .startsWith(
            "tls: the certificate of CN=Test certificate expired at "
                + expired.getCertificate().getNotAfter().toInstant());
  }

  @Test
  void a15_anExpiredCertificateIsRefusedThoughItIsTheOneTrusted() throws Exception {
    X509Bundle expired = ca.issue(-3, -2, "127.0.0.1");
    serve(TestCa.server(expired, V13));
    connect(TestSettings.tls(expired.getCertificatePEM(), null, null));
    assertThat(toldNext()).contains("expired at");
  }

  @Test
  void a15_aCertificateNotYetValidIsRefused() throws Exception {
    X509Bundle early = ca.issue(2, 3, "127.0.0.1");
    serve(TestCa.server(early, V13));
    connect(trusting(null));
    assertThat(toldNext())
        .contains("is valid only from " + early.getCertificate().getNotBefore().toInstant());
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, "TLSv1.2"})
  void a15_theComponentsOwnCertificateIsShown(String version) throws Exception {
    TestCa clients = TestCa.create();
    serve(TestCa.server(ca.issue("127.0.0.1"), clients, version));
    connect(TestSettings.tls(ca.pem(), TestCa.pem(clients.issue(DOMAIN)), null));
    assertConnected();
    assertCarriesBothWays();
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, "TLSv1.2"})
  void a15_aServerThatWantsACertificateSaysSo(String version) throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), TestCa.create(), version));
    connect(trusting(null));
    // With TLS 1.3 the alert comes after the handshake, and a reset may overtake it.
    assertThat(toldNext()).contains("give one with ‹tls-client-cert›");
  }

  @ParameterizedTest
  @ValueSource(strings = {V13, "TLSv1.2"})
  void a15_aCertificateTheServerDoesNotTakeIsSaid(String version) throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), TestCa.create(), version));
    connect(TestSettings.tls(ca.pem(), TestCa.pem(TestCa.create().issue(DOMAIN)), null));
    // With TLS 1.3 the alert comes after the handshake, and a reset may overtake it.
    assertThat(toldNext()).contains("the certificate of ‹tls-client-cert›");
  }

  @Test
  void a15_aServerWithoutTlsIsNoted() throws Exception {
    servePlain();
    connect(trusting(null));
    assertThat(toldNext())
        .startsWith("tls: the server answered with something other than TLS")
        .contains("Leave out ‹tls›");
  }

  @Test
  void a15_aServerWithTlsIsNotedWhereItIsOff() throws Exception {
    serve(TestCa.server(ca.issue("127.0.0.1"), V13));
    connect((TlsSettings) null);
    String next = toldNext();
    // Nobody asks for stanzas here; whether a read waits before the end is told, is up to chance.
    assertThat(next.equals("paused") ? toldNext() : next)
        .isEqualTo("closed: the server closed the connection. " + Advice.TLS_MISSING);
  }

  @Test
  void a15_aCertificateMendedMeanwhileIsTaken() throws Exception {
    serve(TestCa.server(ca.issue(-3, -2, "127.0.0.1"), V13));
    connect(trusting(null));
    assertThat(toldNext()).contains("expired");
    int port = server.port();
    server.stop().block(PATIENCE);
    server =
        ComponentServer.startTls(
                SERVER.withPort(port), TestCa.server(ca.issue("127.0.0.1"), V13), loops, peer)
            .block(PATIENCE);
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
  }
}
