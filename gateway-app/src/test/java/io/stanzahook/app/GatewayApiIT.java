package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.api.Api;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.HostPort;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** {@code dead-letters} with a gateway that speaks HTTPS: {@code --url https://…}, {@code --ca}. */
class GatewayApiIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final TestCa ca = TestCa.create();
  private final ClientCertificate certificate =
      ClientCertificate.parse(TestCa.pem(ca.issue("localhost")));
  private final LoopResources loops = LoopResources.create("https-api-it", 1, true);
  private HttpService service;

  @BeforeEach
  void start() throws Exception {
    service =
        Api.start(
            new HostPort("127.0.0.1", 0),
            () -> certificate,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            () -> new Readiness.State(false, Map.of()),
            Administration.none(),
            loops);
  }

  @AfterEach
  void stop() {
    service.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(LONG);
  }

  private String said(String host, @Nullable TrustedCertificates trusted) {
    String url = "https://" + host + ":" + service.address().port();
    GatewayApi api = new GatewayApi(url, "t0ken", trusted);
    return catchThrowableOfType(
            GatewayApi.ApiException.class, () -> api.call("GET", "/admin/dead-letters"))
        .line()
        .replace(url, "URL");
  }

  @Test
  void itsAnswerIsReadWhereItsCaIsGiven() {
    assertThat(said("localhost", TrustedCertificates.parse(ca.pem())))
        .startsWith("the gateway refused (403): ");
  }

  @Test
  void aCertificateThatIsNotTrustedIsSaidWithTheRemedy() {
    assertThat(said("localhost", null))
        .startsWith("URL is not called: ")
        .contains("is not trusted")
        .endsWith("give the certificate of its CA, or its own if there is none, with --ca");
    assertThat(said("localhost", TrustedCertificates.parse(TestCa.create().pem())))
        .endsWith("check that the file of --ca holds the certificate of the CA that issued it");
    assertThat(said("127.0.0.1", TrustedCertificates.parse(ca.pem())))
        .contains("localhost")
        .endsWith("give a name that its certificate carries in --url");
  }
}
