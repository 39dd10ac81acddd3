package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.tls.TrustedCertificates;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS, with a certificate made for {@code localhost} by the JDK's keytool. */
class WebhookTlsIT extends WebhookClientFixture {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final String HELLO =
      RawServer.response(200, "application/json", "{\"body\":\"Hello\"}");

  private static SSLContext identity;
  private static TrustedCertificates trust;

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "webhook",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    identity = SSLContext.getInstance("TLS");
    identity.init(managers.getKeyManagers(), null, null);
    trust = new TrustedCertificates("", List.of((X509Certificate) keys.getCertificate("webhook")));
  }

  @Test
  void aTrustedServerOfThatNameIsCalled() throws Exception {
    RawServer server = tlsServer();
    WebhookClient client =
        client(settings("https://localhost:" + server.port() + "/x", LONG, 10, trust));

    assertThat(bodies(post(client, chat))).containsExactly("Hello");
    assertThat(bodies(post(client, chat))).containsExactly("Hello");
    assertThat(server.next().headers()).containsEntry("host", "localhost:" + server.port());
  }

  @Test
  void aCertificateOfAnotherNameIsNotTrusted() throws Exception {
    RawServer server = tlsServer();
    assertCertificateRefused(
        server, client(settings("https://127.0.0.1:" + server.port(), LONG, 10, trust)));
  }

  @Test
  void aCertificateThatTheJdkDoesNotKnowIsNotTrusted() throws Exception {
    RawServer server = tlsServer();
    assertCertificateRefused(
        server, client(settings("https://localhost:" + server.port(), LONG, 10)));
  }

  @Test
  void aServerThatSpeaksNoTls() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readByte();
              peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
              peer.awaitPeerClose();
            });

    Failed failed =
        failed(post(client(settings("https://localhost:" + server.port(), LONG, 10, trust)), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
    server.awaitEnd();
  }

  private static WebhookSettings settings(
      String url, Duration timeout, int connections, TrustedCertificates ca) {
    Connecting usual = Connecting.DEFAULTS;
    return Settings.with(
        settings(url, timeout, connections),
        "connecting",
        new Connecting(
            ca,
            null,
            usual.proxy(),
            usual.proxyEnvironment(),
            usual.connectTimeout(),
            usual.lifetime()));
  }

  private void assertCertificateRefused(RawServer server, WebhookClient client) {
    Failed failed = failed(post(client, chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(condition(failed)).isEqualTo("cancel/remote-server-timeout");
    assertThat(failed.detail()).startsWith("the certificate of https://");
    assertThat(server.requests()).isEmpty();
  }

  private RawServer tlsServer() throws Exception {
    return closing(
        new RawServer(
            identity
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
            RawServer.always(HELLO)));
  }
}
