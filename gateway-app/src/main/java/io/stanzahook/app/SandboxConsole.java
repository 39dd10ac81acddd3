package io.stanzahook.app;

import io.stanzahook.FanOut;
import io.stanzahook.Gateway;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.api.Administration;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.WireListener;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.SendSpans;
import io.stanzahook.app.sandbox.SandboxChat;
import io.stanzahook.app.sandbox.SandboxRun;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the console shows of a sandbox. Nobody needs credentials for it, as only this machine
 * reaches it; where others might, it is off.
 */
final class SandboxConsole implements Gateways, SandboxRun.Observed {
  private final String domain;
  private final GatewayMetrics meters;
  private final @Nullable RecentDeliveries recent;
  private final SandboxChat chat;
  private final AtomicReference<Gateway> running = new AtomicReference<>();

  /** Names the webhook where the gateway names the proxy before it. */
  private volatile UnaryOperator<String> beforeProxy = UnaryOperator.identity();

  /**
   * A console.
   *
   * @param recent null where no deliveries are kept
   */
  SandboxConsole(String domain, GatewayMetrics meters, @Nullable RecentDeliveries recent) {
    this.domain = domain;
    this.meters = meters;
    this.recent = recent;
    this.chat = new SandboxChat(domain);
  }

  /** Whether there may be one on that address. Looks names up: not for event loops. */
  static boolean isFor(HostPort listen) {
    try {
      for (InetAddress address : InetAddress.getAllByName(listen.host())) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** What may be done on that address. */
  Administration administration(HostPort listen, int ratePerSecond) {
    return isFor(listen)
        ? new Administration(
            () -> ApiCredentials.NOT_NEEDED,
            () -> null,
            ratePerSecond,
            HookSettings.usual(),
            this,
            Reloading.NONE,
            recent,
            SendSpans.NONE,
            new Workbench(List::of, List::of, () -> null, this::shown, chat))
        : Administration.none();
  }

  @Override
  public List<String> domains() {
    return List.of(domain);
  }

  @Override
  public @Nullable Gateway find(String asked) {
    return asked.equals(domain) ? running.get() : null;
  }

  /** As soon as the gateway is connected, which it stays: its server is in this process. */
  Readiness readiness() {
    return () -> {
      Gateway gateway = running.get();
      StreamStatus now = gateway == null ? StreamStatus.CONNECTING : gateway.status();
      Map<String, BreakerState> webhooks = new LinkedHashMap<>();
      if (gateway != null) {
        gateway.endpoints().forEach(each -> webhooks.put(shown(each.name()), each.breakerState()));
      }
      return new Readiness.State(
          false,
          Map.of(domain, now),
          webhooks.isEmpty() ? Map.of() : Map.of(domain, webhooks),
          Map.of());
    };
  }

  private String shown(String text) {
    return beforeProxy.apply(text);
  }

  @Override
  public SandboxRun.Listeners with(DeliveryListener deliveries, StreamListener streams) {
    RecentDeliveries kept = recent;
    FanOut told =
        new FanOut(
            kept == null
                ? List.of(meters, deliveries, chat)
                : List.of(kept, meters, deliveries, chat),
            List.of(meters, streams));
    return new SandboxRun.Listeners(told, told, kept == null ? WireListener.NONE : kept);
  }

  @Override
  public ComponentServerListener server(ComponentServerListener own) {
    return chat.server(own);
  }

  @Override
  public void started(SandboxRun.Running sandbox) {
    Gateway gateway = sandbox.gateway();
    beforeProxy = sandbox.shown();
    chat.open(sandbox.server(), sandbox.webhook());
    if (recent != null) {
      recent.show(this::shown);
    }
    meters.bind(gateway.gauges());
    running.set(gateway);
  }
}
