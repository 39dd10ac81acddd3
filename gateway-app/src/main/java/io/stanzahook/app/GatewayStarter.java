package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.stream.StreamListener;
import reactor.netty.resources.LoopResources;

/** {@link Gateway#start}, or what stands in for it where a command is tested without a server. */
@FunctionalInterface
interface GatewayStarter {
  /** Starts connecting. */
  Gateway start(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      StreamListener streams);
}
