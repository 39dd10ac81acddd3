package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.net.DnsNames;
import io.stanzahook.net.Names;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import reactor.netty.resources.LoopResources;

/** A client on real sockets; closes what a test opens. */
@Timeout(60)
abstract class WebhookClientFixture {
  static final Duration LONG = Duration.ofMinutes(2);
  static final Duration SHORT = Duration.ofMillis(300);
  static final int MAX_RESPONSE = 10_000;
  static final String HELLO = RawServer.response(200, "application/json", "{\"body\":\"Hello\"}");

  private static LoopResources loops;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  final Stanza chat = TestStanzas.chat("hi");
  final Stanza get = TestStanzas.iq("get");

  @BeforeAll
  static void startLoops() {
    loops = LoopResources.create("webhook-it", 1, 2, true, true);
  }

  @AfterAll
  static void stopLoops() {
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(LONG);
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  static LoopResources loops() {
    return loops;
  }

  <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  RawServer server(RawServer.Script script) throws Exception {
    return closing(new RawServer(script));
  }

  WebhookClient client(RawServer server) {
    return client(settings(server.url() + "/hook", LONG, 10));
  }

  WebhookClient client(RawServer server, Duration timeout) {
    return client(settings(server.url() + "/hook", timeout, 10));
  }

  /** The client as the gateway makes it. */
  WebhookClient client(WebhookSettings settings) {
    return client(settings, closing(new DnsNames(loops)));
  }

  /** With names of the test's own. */
  WebhookClient client(WebhookSettings settings, Names names) {
    return tracked(new WebhookClient(settings, TestStanzas.DOMAIN, loops, names));
  }

  private WebhookClient tracked(WebhookClient client) {
    closing(() -> client.dispose().block(LONG));
    return client;
  }

  static WebhookSettings settings(String url, Duration timeout, int connections) {
    return TestSettings.webhook(
        UrlTemplate.parse(url),
        List.of(Map.entry("Authorization", "Bearer t0ken"), Map.entry("X-Two", "a")),
        timeout,
        MAX_RESPONSE,
        100,
        connections,
        "stanzahook/test");
  }

  static WebhookResult post(WebhookClient client, Stanza stanza) {
    return post(client, stanza, "id-1");
  }

  static WebhookResult post(WebhookClient client, Stanza stanza, String id) {
    return Objects.requireNonNull(client.post(stanza, id, 1).block(LONG));
  }

  static Failed failed(WebhookResult result) {
    assertThat(result).isInstanceOf(Failed.class);
    return (Failed) result;
  }

  static Answered answered(WebhookResult result) {
    assertThat(result).isInstanceOf(Answered.class);
    return (Answered) result;
  }

  /** The bodies of the replies. */
  static List<String> bodies(WebhookResult result) {
    return answered(result).replies().stream()
        .map(reply -> reply.element().child(Namespaces.COMPONENT, "body"))
        .map(body -> body == null ? "" : body.text())
        .toList();
  }

  static String condition(Failed failed) {
    return failed.error().type().value() + "/" + failed.error().condition().elementName();
  }

  static String xml(WebhookResult result) {
    return XmlWriter.write(answered(result).replies().get(0).element());
  }
}
