package io.stanzahook.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.X509Bundle;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** {@code --http-tls-cert}: HTTPS, with a certificate that a reload changes. */
class HttpTlsIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final TestCa ca = TestCa.create();
  private final LoopResources loops = LoopResources.create("https-it", 1, true);
  private volatile ClientCertificate certificate = certificate(ca.issue("gw.example"));

  @AfterEach
  void stop() {
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(LONG);
  }

  private static ClientCertificate certificate(X509Bundle issued) {
    return ClientCertificate.parse(TestCa.pem(issued));
  }

  private String ask(int port) {
    HttpClient client =
        HttpClient.create(ConnectionProvider.newConnection())
            .runOn(loops)
            .secure(
                spec ->
                    spec.sslContext(
                        TlsContext.of(
                            "gw.example",
                            TrustedCertificates.parse(ca.pem()),
                            null,
                            new TrustAdvice("", "", ""))));
    return Objects.requireNonNull(
        client
            .get()
            .uri("https://127.0.0.1:" + port + "/healthz")
            .responseConnection(
                (response, connection) ->
                    connection.inbound().receive().aggregate().asString().map(text -> text))
            .next()
            .block(LONG));
  }

  @Test
  void isSpokenWithTheCertificateOfNow() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (HttpService service =
        Api.start(
            new HostPort("127.0.0.1", 0),
            () -> certificate,
            registry,
            () -> new Readiness.State(false, Map.of()),
            Administration.none(),
            loops)) {
      int port = service.address().port();
      assertThat(ask(port)).isEqualTo("ok");
      assertThat(shown(port)).isEqualTo(certificate.chain().get(0));
      certificate = certificate(ca.issue("gw.example"));
      assertThat(ask(port)).isEqualTo("ok");
      assertThat(shown(port)).isEqualTo(certificate.chain().get(0));
    }
  }

  private X509Certificate shown(int port) throws Exception {
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) any.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout((int) LONG.toMillis());
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isIn("TLSv1.2", "TLSv1.3");
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
