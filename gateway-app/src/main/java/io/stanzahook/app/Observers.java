package io.stanzahook.app;

import io.stanzahook.FanOut;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.logging.DeliveryLog;
import io.stanzahook.app.logging.Intervals;
import io.stanzahook.app.logging.RoomLog;
import io.stanzahook.app.logging.StreamLog;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.metrics.DeliveryObservations;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Observes the components: meters, log, spans, and the last deliveries.
 *
 * @param recent the last deliveries of all components; null where none are kept
 */
record Observers(ProcessResources resources, @Nullable RecentDeliveries recent) {

  /** The meters of a component, registered at once. */
  GatewayMetrics meters(String domain) {
    return new GatewayMetrics(resources.metrics().registry(), domain, resources.metrics().traces());
  }

  /** All observers of a component. */
  FanOut of(GatewaySettings settings, GatewayMetrics meters) {
    String domain = settings.component().domain();
    Tracing tracing = settings.webhook().tracing();
    Intervals intervals = resources.logIntervals();
    List<DeliveryListener> deliveries = new ArrayList<>();
    deliveries.add(meters);
    deliveries.add(new DeliveryLog(domain, tracing, intervals));
    OtlpSpans spans = resources.spans();
    if (spans != null) {
      deliveries.add(new DeliveryObservations(spans.registry(), tracing, domain));
    }
    if (recent != null) {
      deliveries.add(recent);
    }
    return new FanOut(
        deliveries,
        List.of(meters, new StreamLog(domain, intervals)),
        List.of(meters::room, new RoomLog(domain, intervals)));
  }
}
