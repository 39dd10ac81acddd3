package io.stanzahook.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.pkitesting.X509Bundle;
import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.Ports;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.ListenException;
import io.stanzahook.app.http.SendSpans;
import io.stanzahook.cluster.ClusterFigures;
import io.stanzahook.cluster.ClusterRole;
import io.stanzahook.cluster.SlotOwner;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * A node of a cluster that does not hold the stream, and another one that is said to hold it: an
 * HTTP server that keeps what it is asked.
 */
class NodeProxyIT {
  private static final String DOMAIN = "gw.localhost";
  private static final String TOKEN = "s3cret-token";
  private static final String MARK = "Stanzahook-Passed-On";

  private final LoopResources loops = LoopResources.create("node-proxy-test", 1, true);
  private final FakeGateway gateway =
      new FakeGateway(
          ComponentGateway.builder(DOMAIN).secret("s").webhook("http://x.example/").settings(),
          DeliveryListener.NONE,
          StreamListener.NONE);
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable ClientCertificate certificate;
  private volatile @Nullable SlotOwner owner;
  private volatile Answer answer = new Answer(200, Map.of("Content-Type", "text/plain"), "yes");
  private @Nullable HttpService here;
  private @Nullable DisposableServer there;

  private record Asked(String method, String uri, HttpHeaders headers, ByteBuffer body) {}

  private record Answer(int status, Map<String, String> headers, @Nullable String body) {}

  private final class OneComponent implements Gateways {
    @Override
    public List<String> domains() {
      return List.of(DOMAIN);
    }

    @Override
    public Gateway find(String domain) {
      return gateway;
    }

    @Override
    public @Nullable SlotOwner owner(String domain) {
      assertThat(domain).isEqualTo(DOMAIN);
      return owner;
    }
  }

  private HttpService start() throws ListenException {
    gateway.status = StreamStatus.STANDBY;
    gateway.holdsStream = false;
    ApiCredentials credentials =
        requireNonNull(
            ApiCredentials.parse(
                TOKEN + "\n",
                List.of(DOMAIN),
                wrong -> {
                  throw new AssertionError(wrong);
                }));
    HttpService started =
        Api.start(
            new HostPort("127.0.0.1", 0),
            () -> certificate,
            registry,
            () ->
                new Readiness.State(
                    false,
                    Map.of(DOMAIN, StreamStatus.STANDBY),
                    Map.of(),
                    Map.of(),
                    new Readiness.Cluster(
                        ClusterRole.EDGE, new ClusterFigures(0, 0, 3, 0, 0, true), List.of())),
            new Administration(
                () -> credentials,
                () -> null,
                1000,
                HookSettings.usual(),
                new OneComponent(),
                Reloading.NONE,
                null,
                SendSpans.NONE,
                Workbench.none()),
            loops);
    here = started;
    return started;
  }

  private void startOther() {
    startOther(null);
  }

  /** Starts it, with HTTPS unless the certificate is null. */
  private void startOther(@Nullable X509Bundle shown) {
    HttpServer plain = HttpServer.create();
    HttpServer server =
        shown == null
            ? plain
            : plain.secure(spec -> spec.sslContext(TestCa.server(shown, "TLSv1.3")));
    DisposableServer started =
        server
            .host("127.0.0.1")
            .port(0)
            .runOn(loops)
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .asByteArray()
                        .defaultIfEmpty(new byte[0])
                        .flatMap(
                            body -> {
                              asked.add(
                                  new Asked(
                                      request.method().name(),
                                      request.uri(),
                                      request.requestHeaders().copy(),
                                      ByteBuffer.wrap(body)));
                              Answer now = answer;
                              now.headers().forEach(response::header);
                              response.status(HttpResponseStatus.valueOf(now.status()));
                              String text = now.body();
                              return text == null
                                  ? Mono.<Void>never()
                                  : response.sendString(Mono.just(text)).then();
                            }))
            .bindNow();
    there = started;
    owner =
        new SlotOwner(
            (shown == null ? "http" : "https") + "://127.0.0.1:" + started.port() + "/behind", 3);
  }

  @AfterEach
  void stop() {
    if (here != null) {
      here.close();
    }
    if (there != null) {
      there.disposeNow(Duration.ofSeconds(3));
    }
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(3)).block();
  }

  private HttpRequest.Builder request(String path) {
    String scheme = certificate == null ? "http" : "https";
    return HttpRequest.newBuilder(
            URI.create(scheme + "://" + Objects.requireNonNull(here).address() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private double passedOn(String outcome) {
    Counter counter =
        registry.find("stanzahook.cluster.passed.on").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  private Asked asked() throws InterruptedException {
    return requireNonNull(asked.poll(2, TimeUnit.MINUTES), "the other node was not asked");
  }

  @Test
  void anIqIsAnsweredByTheNodeThatHoldsTheStream_withTheCallersOwnCredentials() throws Exception {
    start();
    startOther();
    answer = new Answer(200, Map.of("Content-Type", "application/json"), "{\"version\":1}");
    HttpResponse<String> got =
        send(
            request("/rest/version/ann%40example.com?component=gw%2Elocalhost")
                .header("Accept", "application/json")
                .header("Prosody-Rest-Timeout", "7")
                .header("Cookie", "a=b")
                .header("Sec-Fetch-Site", "same-origin"));
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).isEqualTo("{\"version\":1}");
    assertThat(got.headers().firstValue("Content-Type")).contains("application/json");
    Asked request = asked();
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.uri())
        .isEqualTo("/behind/rest/version/ann%40example.com?component=gw%2Elocalhost");
    assertThat(request.headers().getAll("Authorization")).containsExactly("Bearer " + TOKEN);
    assertThat(request.headers().getAll("Accept")).containsExactly("application/json");
    assertThat(request.headers().get("Prosody-Rest-Timeout")).isEqualTo("7");
    assertThat(request.headers().get(MARK)).isEqualTo("1");
    assertThat(request.headers().contains("Cookie")).isFalse();
    assertThat(request.headers().contains("Sec-Fetch-Site")).isFalse();
  }

  /** This node has a certificate of a CA of the cluster's own, and so has its caller's trust. */
  private HttpClient secured(TestCa ca) throws ListenException {
    certificate =
        ClientCertificate.parse(TestCa.pem(ca.issue("127.0.0.1")) + ca.pem()).from("here.pem");
    start();
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(
            TlsContext.jdk(
                "127.0.0.1", TrustedCertificates.parse(ca.pem()), new TrustAdvice("", "", "")))
        .build();
  }

  @Test
  void overHttpsItTrustsTheCaInItsOwnFile() throws Exception {
    TestCa ca = TestCa.create();
    HttpClient trusting = secured(ca);
    startOther(ca.issue("127.0.0.1"));
    byte[] file = new byte[300_000];
    HttpResponse<String> got =
        trusting.send(
            request("/upload/ann@example.com?name=cat.png")
                .header("Content-Type", "image/png")
                .POST(BodyPublishers.ofByteArray(file))
                .build(),
            BodyHandlers.ofString());
    assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
    assertThat(got.body()).isEqualTo("yes");
    assertThat(asked().body()).isEqualTo(ByteBuffer.wrap(file));
    assertThat(passedOn("answered")).isEqualTo(1);
  }

  @Test
  void overHttpsACertificateOfAnotherCaIsRefused_andTheLogSaysWhatToDo() throws Exception {
    HttpClient trusting = secured(TestCa.create());
    startOther(TestCa.create().issue("127.0.0.1"));
    assertThat(refused(trusting))
        .contains(
            "is not trusted",
            "add the CA of the other nodes' certificates to the end of this node's --http-tls-cert"
                + " file");
  }

  @Test
  void overHttpsACertificateForAnotherNameIsRefused_andTheLogSaysWhatToDo() throws Exception {
    TestCa ca = TestCa.create();
    HttpClient trusting = secured(ca);
    startOther(ca.issue("edge2.example"));
    assertThat(refused(trusting))
        .contains("is for edge2.example, not for 127.0.0.1", "--cluster-advertise");
  }

  /** What the log says. */
  private String refused(HttpClient by) throws Exception {
    try (LogLines log = new LogLines("io.stanzahook.app.nodes")) {
      HttpResponse<String> got =
          by.send(request("/rest/ping/ann@example.com").build(), BodyHandlers.ofString());
      assertThat(got.statusCode()).as(got.body()).isEqualTo(503);
      assertThat(got.headers().firstValue("Retry-After")).isPresent();
      assertThat(asked).isEmpty();
      assertThat(passedOn("unreachable")).isEqualTo(1);
      return String.join("\n", log.all());
    }
  }

  @Test
  void theConsoleNamesTheNodeThatHoldsTheStream() throws Exception {
    start();
    startOther();
    try (Browser browser = new Browser()) {
      browser.open("http://" + requireNonNull(here).address() + "/");
      browser.await("the login", () -> browser.find("#login").isDisplayed());
      browser.find("#credential").sendKeys(TOKEN, Keys.ENTER);
      browser.awaitText("#components", DOMAIN + " connected by another node");
      browser.awaitText(
          "#cluster-body", DOMAIN + " at " + requireNonNull(owner).url() + " If such a node");
      browser.awaitText("#cluster-line", "This node is an edge: it holds streams");
      browser.assertAccessibleInEachLook();
    }
  }

  @Test
  void aMessageToARoomIsPassedOnByteForByte_andOneToAPersonIsNot() throws Exception {
    start();
    startOther();
    answer = new Answer(201, Map.of(), "");
    byte[] body = "Grüße".getBytes(StandardCharsets.ISO_8859_1);
    String type = "text/plain; charset=iso-8859-1";
    HttpResponse<String> got =
        send(
            request("/rest/message/groupchat/room@rooms.localhost")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"body\":\"x\"}")));
    assertThat(got.statusCode()).isEqualTo(202);
    got =
        send(
            request("/msg/ann@example.com")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body)));
    assertThat(got.statusCode()).isEqualTo(201);
    assertThat(asked).isEmpty();
    assertThat(gateway.sent).hasSize(2);
    got =
        send(
            request("/msg/room@rooms.localhost")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"body\":\"Grüße\",\"type\":\"groupchat\"}")));
    assertThat(got.statusCode()).isEqualTo(201);
    Asked request = asked();
    assertThat(StandardCharsets.UTF_8.decode(request.body()).toString())
        .isEqualTo("{\"body\":\"Grüße\",\"type\":\"groupchat\"}");
    assertThat(request.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(gateway.sent).hasSize(2);
  }

  @Test
  void aFileIsPassedOnPartForPart() throws Exception {
    start();
    startOther();
    answer = new Answer(201, Map.of("Content-Type", "application/json"), "{\"url\":\"u\"}");
    byte[] file = new byte[3_000_000];
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) (i % 251);
    }
    HttpResponse<String> got =
        send(
            request("/upload/ann@example.com?name=cat.png")
                .header("Content-Type", "image/png")
                .POST(BodyPublishers.ofByteArray(file)));
    assertThat(got.statusCode()).isEqualTo(201);
    assertThat(got.body()).isEqualTo("{\"url\":\"u\"}");
    Asked request = asked();
    assertThat(request.body()).isEqualTo(ByteBuffer.wrap(file));
    assertThat(request.headers().get("Content-Length")).isEqualTo("3000000");
    assertThat(request.headers().get("Content-Type")).isEqualTo("image/png");
  }

  @Test
  void whatTheOtherNodeSaysIsTheAnswer_alsoARefusalOrARedirect() throws Exception {
    start();
    startOther();
    answer = new Answer(429, Map.of("Retry-After", "9"), "slowly");
    HttpResponse<String> got = send(request("/rest/ping/ann@example.com"));
    assertThat(got.statusCode()).isEqualTo(429);
    assertThat(got.headers().firstValue("Retry-After")).contains("9");
    assertThat(got.body()).isEqualTo("slowly");
    answer = new Answer(302, Map.of("Location", "http://127.0.0.1:1/"), "");
    got = send(request("/rest/ping/ann@example.com"));
    assertThat(got.statusCode()).isEqualTo(302);
    assertThat(got.headers().firstValue("Location")).isEmpty();
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatWasPassedOnOnceIsNotAgain() throws Exception {
    start();
    startOther();
    HttpResponse<String> got = send(request("/rest/ping/ann@example.com").header(MARK, "1"));
    assertThat(got.statusCode()).isEqualTo(503);
    assertThat(got.headers().firstValue("Retry-After")).isPresent();
    assertThat(asked).isEmpty();
  }

  @Test
  void whoMayNotSendIsRefusedHere() throws Exception {
    start();
    startOther();
    HttpRequest.Builder foreign =
        HttpRequest.newBuilder(
            URI.create("http://" + requireNonNull(here).address() + "/rest/ping/a@example.com"));
    assertThat(send(foreign).statusCode()).isEqualTo(401);
    assertThat(asked).isEmpty();
  }

  @Test
  void withoutAnOwnerOrWithADeadOneTheCallerIsToTryAgain_andNoTokenIsLogged() throws Exception {
    start();
    HttpResponse<String> got = send(request("/rest/ping/ann@example.com"));
    assertThat(got.statusCode()).isEqualTo(503);
    assertThat(got.headers().firstValue("Retry-After")).contains("5");
    assertThat(got.body()).contains("no node of the cluster", DOMAIN);
    assertThat(passedOn("no_owner")).isEqualTo(1);
    int closed = Ports.free();
    owner = new SlotOwner("http://127.0.0.1:" + closed, 3);
    try (LogLines log = new LogLines("io.stanzahook.app.nodes")) {
      got = send(request("/rest/ping/ann@example.com"));
      assertThat(got.statusCode()).isEqualTo(503);
      assertThat(got.headers().firstValue("Retry-After")).contains("5");
      assertThat(log.all())
          .singleElement()
          .asString()
          .contains("http://127.0.0.1:" + closed, "--cluster-advertise")
          .doesNotContain(TOKEN);
    }
    assertThat(passedOn("unreachable")).isEqualTo(1);
  }

  @Test
  void aNodeThatNeverAnswersIsLeftWhenTheStreamMoves() throws Exception {
    start();
    startOther();
    answer = new Answer(200, Map.of(), null);
    var coming =
        client.sendAsync(request("/rest/ping/ann@example.com").build(), BodyHandlers.ofString());
    asked();
    owner = new SlotOwner("http://127.0.0.1:1", 4);
    HttpResponse<String> got = coming.get(2, TimeUnit.MINUTES);
    assertThat(got.statusCode()).isEqualTo(503);
    assertThat(got.body()).contains("moved");
    assertThat(passedOn("moved")).isEqualTo(1);
    assertThat(passedOn("answered")).isZero();
  }
}
