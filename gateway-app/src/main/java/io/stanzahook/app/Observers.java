package io.stanzahook.app;

import io.stanzahook.GatewaySettings;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.logging.DeliveryLog;
import io.stanzahook.app.logging.RoomLog;
import io.stanzahook.app.logging.StreamLog;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.metrics.DeliveryObservations;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.rooms.RoomListener;
import io.stanzahook.stream.StreamListener;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what happens to the components: meters, log, spans, and the last deliveries.
 *
 * @param recent the last deliveries of all components; null where none are kept
 */
record Observers(Surroundings surroundings, @Nullable RecentDeliveries recent) {

  /** The meters of a component, registered at once. */
  GatewayMetrics meters(String domain) {
    return new GatewayMetrics(
        surroundings.metrics().registry(), domain, surroundings.metrics().traces());
  }

  /** Who is told of a component's deliveries. */
  DeliveryListener deliveries(GatewaySettings settings, GatewayMetrics meters) {
    String domain = settings.component().domain();
    DeliveryListener all =
        new Listeners.Deliveries(
            meters,
            new DeliveryLog(domain, settings.webhook().tracing(), surroundings.logIntervals()));
    OtlpSpans spans = surroundings.spans();
    if (spans != null) {
      all =
          new Listeners.Deliveries(
              all,
              new DeliveryObservations(spans.registry(), settings.webhook().tracing(), domain));
    }
    return recent == null ? all : new Listeners.Deliveries(all, recent);
  }

  /** Who is told of a component's stream. */
  StreamListener streams(GatewaySettings settings, GatewayMetrics meters) {
    return new Listeners.Streams(
        meters, new StreamLog(settings.component().domain(), surroundings.logIntervals()));
  }

  /** Who is told of a component's chat rooms. */
  RoomListener rooms(GatewaySettings settings, GatewayMetrics meters) {
    return new Listeners.Rooms(
        meters, new RoomLog(settings.component().domain(), surroundings.logIntervals()));
  }
}
