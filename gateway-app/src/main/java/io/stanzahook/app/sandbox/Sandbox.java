package io.stanzahook.app.sandbox;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.EchoWebhook;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.webhook.WebhookSettings.KindUrls;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * A server, a gateway and a webhook, connected by sockets of the loopback interface. For the main
 * thread: its methods block.
 */
final class Sandbox implements AutoCloseable {
  /** How long to wait. Everything is in this process, so nothing takes longer. */
  private static final Duration STARTING = Duration.ofSeconds(20);

  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** What requests may add to the stanza's size, escaped in JSON. */
  private static final int REQUEST_OVERHEAD = 64 * 1024;

  /** What was started. It ends in the opposite order. */
  private final Deque<Runnable> started = new ArrayDeque<>();

  private @Nullable ComponentServer server;
  private @Nullable Gateway gateway;
  private String webhook = "";
  private boolean echoes;
  private final List<RecordingProxy> proxies = new ArrayList<>();

  private Sandbox() {}

  /**
   * Who watches.
   *
   * @param recording where a proxy before the webhook tells of requests and responses; null for no
   *     proxy
   */
  record Watchers(
      DeliveryListener deliveries,
      StreamListener streams,
      ComponentServerListener server,
      @Nullable Recording recording) {}

  /** The address of a component that messages go to. */
  static Jid bot(String domain) {
    return Jid.of("bot@" + domain);
  }

  /**
   * Starts all parts and waits until the gateway is connected.
   *
   * @param settings with any port of the server, and any URL if the webhook is the echo
   * @param ownWebhook whether the webhook is the echo of the sandbox
   * @throws IllegalStateException if it does not connect
   */
  static Sandbox start(
      GatewaySettings settings, boolean ownWebhook, LoopResources loops, Watchers watchers)
      throws InterruptedException {
    Sandbox sandbox = new Sandbox();
    try {
      sandbox.open(settings, ownWebhook, loops, watchers);
      return sandbox;
    } catch (RuntimeException | InterruptedException e) {
      sandbox.close();
      throw e;
    }
  }

  private void open(
      GatewaySettings settings, boolean ownWebhook, LoopResources loops, Watchers watchers)
      throws InterruptedException {
    ComponentSettings component = settings.component();
    CountDownLatch connected = new CountDownLatch(1);
    ComponentServer listening =
        await(
            ComponentServer.start(
                ComponentServerSettings.of(component.domain(), component.secret()),
                loops,
                watching(watchers.server(), connected)));
    server = listening;
    started.push(() -> end(listening.stop()));

    WebhookSettings target = settings.webhook();
    echoes = ownWebhook;
    if (ownWebhook) {
      EchoWebhook echo = await(EchoWebhook.start(loops));
      started.push(() -> end(echo.stop()));
      target = target.withPostUrl(UrlTemplate.parse(echo.url()));
    }
    webhook = String.join(", ", target.postUrls().stream().map(UrlTemplate::text).toList());
    Recording recording = watchers.recording();
    if (recording != null) {
      int maxRequest =
          Math.max(
              3 * component.limits().maxStanza() + REQUEST_OVERHEAD,
              settings.dispatch().flow().batches().bytes());
      List<UrlTemplate> recorded = new ArrayList<>();
      for (UrlTemplate url : target.postUrls()) {
        RecordingProxy proxy =
            new RecordingProxy(target.withPostUrl(url), maxRequest, loops, recording);
        started.push(proxy::close);
        proxies.add(proxy);
        recorded.add(UrlTemplate.parse(proxy.url(url.text())));
      }
      target = Settings.with(target, Map.of("post-url", recorded, "kindUrls", KindUrls.NONE));
    }

    Gateway running =
        ComponentGateway.start(
            new GatewaySettings(
                Settings.with(
                    component, "server", new HostPort(component.host(), listening.port())),
                target,
                settings.dispatch(),
                settings.local(),
                null,
                settings.rooms()),
            loops,
            watchers.deliveries(),
            watchers.streams());
    gateway = running;
    started.push(() -> end(running.stop(Duration.ZERO)));
    if (!connected.await(STARTING.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the gateway did not connect to the sandbox's own server");
    }
  }

  private static ComponentServerListener watching(
      ComponentServerListener listener, CountDownLatch connected) {
    return new ComponentServerListener() {
      @Override
      public void connected(String domain) {
        connected.countDown();
      }

      @Override
      public void received(Stanza stanza) {
        listener.received(stanza);
      }
    };
  }

  private static <T> T await(Mono<T> starting) {
    return Objects.requireNonNull(starting.block(STARTING));
  }

  private static void end(Mono<Void> ending) {
    ending.timeout(CLOSING).onErrorComplete().block();
  }

  /** The server, to send with. */
  ComponentServer server() {
    return Objects.requireNonNull(server);
  }

  /** The gateway. */
  Gateway gateway() {
    return Objects.requireNonNull(gateway);
  }

  /** The text, with the address of the webhook in place of the proxy's. */
  String shown(String text) {
    String shown = text;
    for (RecordingProxy proxy : proxies) {
      shown = proxy.shown(shown);
    }
    return shown;
  }

  /** The webhook, which may be another one later. */
  CalledWebhook calledWebhook() {
    return new CalledWebhook(proxies, webhook, echoes, gateway());
  }

  /** The webhook's URL, without a proxy in front of it. */
  String webhook() {
    return webhook;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().run();
    }
  }
}
