package io.stanzahook.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

class HttpServiceIT {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private volatile Readiness.State state = new Readiness.State(false, Map.of());
  private final LoopResources loops = LoopResources.create("http-test", 1, true);
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpService service;

  HttpServiceIT() throws ListenException {
    service = Api.start(ANY_PORT, () -> null, registry, () -> state, Administration.none(), loops);
  }

  @AfterEach
  void close() {
    service.close();
    loops.disposeLater(Duration.ofMillis(100), Duration.ofSeconds(3)).block();
  }

  @Test
  void metricsInPrometheusTextByDefault() throws Exception {
    Counter.builder("stanzahook.test").register(registry).increment();

    HttpResponse<String> response = get("/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).contains("stanzahook_test_total 1.0").doesNotContain("# EOF");
  }

  @Test
  void metricsInOpenMetricsWhereAskedFor() throws Exception {
    HttpResponse<String> response =
        send(
            request("/metrics")
                .header(
                    "Accept",
                    "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;q=0.5,*/*;q=0.1"));

    assertThat(response.headers().firstValue("content-type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(response.body()).endsWith("# EOF\n");
  }

  @Test
  void healthIsOk() throws Exception {
    HttpResponse<String> response = get("/healthz?verbose=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok");
  }

  @Test
  void readyWhenEveryComponentIsConnected() throws Exception {
    state =
        new Readiness.State(
            false,
            Map.of("b.localhost", StreamStatus.CONNECTED, "a.localhost", StreamStatus.CONNECTING));
    HttpResponse<String> response = get("/readyz");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.body())
        .isEqualTo(
            "{\"ready\":false,\"stopping\":false,\"components\":{\"a.localhost\":\"connecting\",\"b.localhost\":\"connected\"}}\n");

    state = new Readiness.State(false, Map.of("b.localhost", StreamStatus.CONNECTED));
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    state = new Readiness.State(true, Map.of("b.localhost", StreamStatus.CONNECTED));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void readinessTellsOfEachEndpointsBreaker() throws Exception {
    Map<String, BreakerState> states = new LinkedHashMap<>();
    states.put("http://two:1", BreakerState.OPEN);
    states.put("http://one:1", BreakerState.CLOSED);
    state =
        new Readiness.State(
            false,
            Map.of("b.localhost", StreamStatus.CONNECTED),
            Map.of("b.localhost", states),
            Map.of("b.localhost", Map.of("ops@rooms.localhost", RoomState.LOST)));
    HttpResponse<String> response = get("/readyz");
    // A webhook that is down is no reason to restart the gateway.
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains(
            "\"webhooks\":{\"b.localhost\":{\"http://two:1\":\"open\",\"http://one:1\":\"closed\"}}",
            "\"rooms\":{\"b.localhost\":{\"ops@rooms.localhost\":\"lost\"}}");
  }

  @Test
  void otherPathsAreNotFound() throws Exception {
    for (String path : List.of("/x", "/metrics/", "/admin", "/healthz/x")) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(response.body()).isEqualTo("{\"error\":\"not found\"}\n");
    }
  }

  @Test
  void otherMethodsAreNotAllowed() throws Exception {
    HttpResponse<String> response =
        send(request("/metrics").POST(BodyPublishers.ofString("x".repeat(100_000))));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void headHasNoBody() throws Exception {
    HttpResponse<String> response =
        send(request("/healthz").method("HEAD", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-length")).hasValue("2");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aBodyWhereNoneBelongsIsRefused() throws Exception {
    HttpResponse<String> response =
        send(request("/healthz").method("GET", BodyPublishers.ofString("hello")));

    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void aLargeBodyIsDroppedAndItsConnectionStaysUsable() throws Exception {
    for (int i = 0; i < 5; i++) {
      byte[] body = new byte[1024 * 1024];
      // Of unknown length, so sent in chunks.
      var publisher = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
      assertThat(send(request("/healthz").method("GET", publisher)).statusCode()).isEqualTo(413);
      assertThat(send(request("/nowhere").POST(publisher)).statusCode()).isEqualTo(404);
      assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void requestsBeyondTheLimitsAreRefused() throws Exception {
    assertThat(raw("GET /" + "x".repeat(HttpService.MAX_REQUEST_LINE) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(
            raw(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX: "
                    + "x".repeat(HttpService.MAX_HEADERS)
                    + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
  }

  @Test
  void whatIsNotHttpIsRefusedAndTheServerGoesOn() throws Exception {
    assertThat(raw("\u0016\u0003\u0001 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void theOldestSilentConnectionGivesWayToANewOne() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < Connections.MAX_OF_ADDRESS; i++) {
        sockets.add(connect());
      }
      try (Socket next = connect()) {
        assertThat(asked(next, "/openapi.json")).isEqualTo("HTTP/1.1 200");
        assertThat(sockets.get(0).getInputStream().read()).isEqualTo(-1);
        assertThat(asked(sockets.get(1), "/healthz")).isEqualTo("HTTP/1.1 200");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static String asked(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
  }

  @Test
  void aPortInUseIsOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort listen = new HostPort("127.0.0.1", taken.getLocalPort());
      assertThatThrownBy(
              () ->
                  Api.start(
                      listen, () -> null, registry, () -> state, Administration.none(), loops))
          .isInstanceOf(ListenException.class)
          .hasMessageStartingWith("--http-listen " + listen + ": cannot listen there: ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void anAddressThatIsNotOursIsOneClearLine() {
    assertThatThrownBy(
            () ->
                Api.start(
                    new HostPort("192.0.2.1", 0),
                    () -> null,
                    registry,
                    () -> state,
                    Administration.none(),
                    loops))
        .isInstanceOf(ListenException.class)
        .hasMessageStartingWith("--http-listen 192.0.2.1:0: cannot listen there: ");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + service.address() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(Duration.ofMinutes(2));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(service.address().host(), service.address().port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readNBytes(64), StandardCharsets.ISO_8859_1);
    }
  }
}
