package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.stanzahook.Ports;
import io.stanzahook.TestSettings;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.net.ProxyEnvironment;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import io.stanzahook.webhook.Connecting;
import io.stanzahook.webhook.KindWebhooks;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.xml.XmlElement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.resources.LoopResources;

/** Webhooks as they stand in companies: behind nginx, haproxy, tinyproxy and microsocks. */
class WebhookNetworkIT {
  /** This machine, by an address that is not called loopback. */
  private static final String HERE = "0.0.0.0";

  private final TestCa ca = TestCa.create();
  private final TrustedCertificates trusted = TrustedCertificates.parse(ca.pem());
  private final LoopResources loops = LoopResources.create("network-it", 1, true);
  private final List<KindWebhooks> clients = new ArrayList<>();
  private final Stanza hello =
      Stanzas.of(
          "<message xmlns='jabber:component:accept' from='ann@localhost/x' to='bot@gw.localhost'"
              + " type='chat'><body>hi</body></message>");

  @RegisterExtension final Bed bed = new Bed();

  @AfterEach
  void stop() {
    clients.forEach(client -> client.dispose().block(Patience.LONG));
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Patience.LONG);
  }

  private static Connecting connecting(
      @Nullable TrustedCertificates ca, @Nullable ClientCertificate own, String proxy) {
    return connecting(ca, own, proxy, Duration.ofMinutes(2));
  }

  private static Connecting connecting(
      @Nullable TrustedCertificates ca,
      @Nullable ClientCertificate own,
      String proxy,
      Duration lifetime) {
    return new Connecting(
        ca, own, ProxyChoice.parse(proxy), ProxyEnvironment.NONE, Duration.ofSeconds(60), lifetime);
  }

  private KindWebhooks client(String url, Connecting connecting) {
    WebhookSettings settings =
        TestSettings.webhook(
            UrlTemplate.parse(url), List.of(), Patience.LONG, 65_536, 10, 10, "stanzahook/test");
    KindWebhooks client =
        new KindWebhooks(
            Settings.with(settings, "connecting", connecting), "gw.localhost", loops, event -> {});
    clients.add(client);
    return client;
  }

  private WebhookResult post(KindWebhooks client) {
    return Objects.requireNonNull(client.post(hello, "msg_1", 1).block(Patience.LONG));
  }

  private String said(KindWebhooks client) {
    WebhookResult result = post(client);
    assertThat(result).isInstanceOf(Answered.class);
    XmlElement body =
        ((Answered) result).replies().get(0).element().child(Namespaces.COMPONENT, "body");
    return body == null ? "" : body.text();
  }

  private Failed failed(String url, Connecting connecting) {
    WebhookResult result = post(client(url, connecting));
    assertThat(result).isInstanceOf(Failed.class);
    return (Failed) result;
  }

  private void assertNotSent(String url, Connecting connecting, String... parts) {
    Failed failed = failed(url, connecting);
    assertThat(failed.outcome()).as(failed.detail()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed.detail()).contains(parts).doesNotContain("s3cret");
    assertThat(failed.detail().lines()).hasSize(1);
  }

  private static String nginxTls(
      TestFolder folder, int port, String name, X509Bundle identity, String more) {
    return """
        server {
          listen 0.0.0.0:%1$d ssl;
          ssl_certificate %2$s;
          ssl_certificate_key %2$s;
          %3$s
          location / { return 200 "%4$s"; }
        }
        """
        .formatted(port, folder.write(name + "-secret.pem", TestCa.pem(identity)), more, name);
  }

  @Test
  void aPrivateCaAndAClientCertificate() {
    TestFolder folder = TestFolder.create("nginx");
    int open = Ports.free();
    int mutual = Ports.free();
    int expired = Ports.free();
    String verify =
        "ssl_verify_client on; ssl_client_certificate %s;"
            .formatted(folder.write("ca.pem", ca.pem()));
    bed.use(
        Daemon.nginx(
            folder,
            open,
            nginxTls(folder, open, "open", ca.issue("localhost"), "")
                + nginxTls(folder, mutual, "mutual", ca.issue("localhost"), verify)
                + nginxTls(folder, expired, "expired", ca.issue(-3, -1, "localhost"), "")));
    ClientCertificate own = ClientCertificate.parse(TestCa.pem(ca.issueForClients("gw")));
    Connecting plain = connecting(trusted, null, "none");

    assertThat(said(client("https://localhost:" + open, plain))).isEqualTo("open");
    assertThat(said(client("https://localhost:" + mutual, connecting(trusted, own, "none"))))
        .isEqualTo("mutual");
    assertNotSent(
        "https://localhost:" + open,
        connecting(null, null, "none"),
        "the certificate of https://localhost:" + open + " is not trusted",
        "issued by CN=Test CA",
        "‹post-ca›");
    assertNotSent(
        "https://127.0.0.1:" + open, plain, "is for localhost, not for 127.0.0.1", "‹post-url›");
    assertNotSent("https://localhost:" + expired, plain, "expired at", "CN=Test certificate");
    assertNotSent(
        "https://localhost:" + open,
        connecting(TrustedCertificates.parse(TestCa.create().pem()), null, "none"),
        "check that the file of ‹post-ca›");
    // nginx takes the handshake, and answers 400.
    assertThat(failed("https://localhost:" + mutual, plain).status()).isEqualTo(400);
  }

  @Test
  void certificatesAreChangedWhileItRuns() {
    TestFolder folder = TestFolder.create("nginx");
    int port = Ports.free();
    bed.use(Daemon.nginx(folder, port, nginxTls(folder, port, "again", ca.issue("localhost"), "")));
    KindWebhooks client =
        client(
            "https://localhost:" + port,
            connecting(TrustedCertificates.parse(TestCa.create().pem()), null, "none"));
    assertThat(post(client)).isInstanceOf(Failed.class);
    client.change(
        Settings.with(
            TestSettings.webhook(
                UrlTemplate.parse("https://localhost:" + port),
                List.of(),
                Patience.LONG,
                65_536,
                10,
                10,
                "stanzahook/test"),
            "connecting",
            connecting(trusted, null, "none")));
    assertThat(said(client)).isEqualTo("again");
  }

  @Test
  void aReloadTakesNewCertificates_andTheComponentStays() {
    TestFolder folder = TestFolder.create("nginx");
    int port = Ports.free();
    bed.use(Daemon.nginx(folder, port, nginxTls(folder, port, "open", ca.issue("localhost"), "")));
    String file = folder.write("post-ca.pem", TestCa.create().pem()).toString();
    SandboxServer server = bed.use(SandboxServer.started());
    GatewayProcess gateway =
        bed.use(
                GatewayProcess.start(
                    server, "https://localhost:" + port + "/hook", "--post-ca=" + file))
            .awaitReady();
    server.send("ann", "hi");
    Await.until(
        "the log says what to do",
        Patience.LONG,
        () -> gateway.log().contains("check that the file of --post-ca holds"));
    folder.write("post-ca.pem", ca.pem());
    gateway.hangup();
    // The same message: it is tried again.
    Await.until("the reply", Patience.LONG, () -> server.answered() == 1);
    assertThat(server.errors()).isZero();
    assertThat(gateway.log()).contains("reload: " + XmppServer.COMPONENT + " tuned");
    assertThat(gateway.metric("stanzahook_stream_connects_total")).isEqualTo(1);
    assertThat(gateway.metric("stanzahook_tls_certificate_expiry_seconds", "flag=\"--post-ca\""))
        .isPositive();
    assertThat(
            gateway.metric(
                "stanzahook_webhook_endpoint_calls_total",
                "endpoint=\"https://localhost:" + port + "\"",
                "outcome=\"ok\""))
        .isEqualTo(1);
  }

  @Test
  void proxiesOfBothKinds_withCredentials() {
    TestFolder folder = TestFolder.create("nginx");
    int tls = Ports.free();
    int plain = Ports.free();
    bed.use(
        Daemon.nginx(
            folder,
            tls,
            nginxTls(folder, tls, "tls", ca.issue(HERE), "")
                + "server { listen 0.0.0.0:%d; location / { return 200 plain; } }"
                    .formatted(plain)));
    Daemon http = bed.use(Daemon.tinyproxy(TestFolder.create("tinyproxy"), "ann", "s3cret"));
    Daemon socks = bed.use(Daemon.microsocks(TestFolder.create("microsocks"), "ann", "s3cret"));
    String https = "https://" + HERE + ":" + tls;
    String unsafe = "http://" + HERE + ":" + plain;
    for (String proxy :
        List.of(
            "http://ann:s3cret@127.0.0.1:" + http.port(),
            "socks5://ann:s3cret@127.0.0.1:" + socks.port())) {
      KindWebhooks secure = client(https, connecting(trusted, null, proxy));
      assertThat(said(secure)).as(proxy).isEqualTo("tls");
      assertThat(said(secure)).as(proxy).isEqualTo("tls");
      assertThat(said(client(unsafe, connecting(null, null, proxy)))).as(proxy).isEqualTo("plain");
    }
    assertThat(http.log()).contains("CONNECT " + HERE + ":" + tls, "CONNECT " + HERE + ":" + plain);

    for (String url : List.of(https, unsafe)) {
      assertNotSent(
          url,
          connecting(trusted, null, "http://ann:wrong-s3cret@127.0.0.1:" + http.port()),
          "the proxy http://127.0.0.1:" + http.port() + " makes no connection to " + url,
          "‹post-proxy›");
      assertNotSent(
          url,
          connecting(trusted, null, "socks5://ann:wrong-s3cret@127.0.0.1:" + socks.port()),
          "the proxy socks5://127.0.0.1:" + socks.port(),
          "‹post-proxy›");
      assertNotSent(
          url,
          connecting(trusted, null, "http://127.0.0.1:" + Ports.free()),
          "cannot connect to the proxy http://127.0.0.1:");
      // The proxy is there, and the webhook is not.
      assertNotSent(
          "http://" + HERE + ":" + Ports.free(),
          connecting(trusted, null, "http://ann:s3cret@127.0.0.1:" + http.port()),
          "makes no connection");
    }
  }

  @Test
  void aBalancerThatDrainsLosesItsLastConnection() throws Exception {
    TestFolder folder = TestFolder.create("nginx");
    int one = Ports.free();
    int two = Ports.free();
    bed.use(
        Daemon.nginx(
            folder,
            one,
            "server { listen 127.0.0.1:%d; location / { return 200 one; } }".formatted(one)
                + "server { listen 127.0.0.1:%d; location / { return 200 two; } }".formatted(two)));
    int port = Ports.free();
    int control = Ports.free();
    bed.use(
        Daemon.haproxy(
            TestFolder.create("haproxy"),
            port,
            """
            stats socket ipv4@127.0.0.1:%d level admin
            backend out
              server one 127.0.0.1:%d
              server two 127.0.0.1:%d disabled
            """
                .formatted(control, one, two)));
    KindWebhooks client =
        client("http://127.0.0.1:" + port, connecting(null, null, "none", Duration.ofMillis(500)));
    assertThat(said(client)).isEqualTo("one");
    tell(control, "enable server out/two");
    tell(control, "set server out/one state drain");
    // Called without a pause, a connection without an end would stay.
    Await.until("the other server is called", Patience.LONG, () -> said(client).equals("two"));
    Await.until(
        "the last connection to the first is gone",
        Patience.LONG,
        () -> said(client).equals("two") && connections(control, "one") == 0);
  }

  private static int connections(int control, String server) {
    // Name of the backend, of the server, two of its queue, then its sessions now.
    for (String line : tell(control, "show stat").split("\n", -1)) {
      String[] words = line.split(",", -1);
      if (words.length > 5 && words[0].equals("out") && words[1].equals(server)) {
        return Integer.parseInt(words[4]);
      }
    }
    throw new AssertionError("haproxy does not tell of " + server);
  }

  private static String tell(int control, String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), control)) {
      socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
