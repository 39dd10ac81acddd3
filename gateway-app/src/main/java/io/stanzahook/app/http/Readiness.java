package io.stanzahook.app.http;

import io.stanzahook.rooms.RoomState;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import java.util.Map;

/** Whether the program can serve now. */
@FunctionalInterface
public interface Readiness {
  /** The current state. Any thread may call it. */
  State state();

  /**
   * A state.
   *
   * @param stopping whether the program was asked to end
   * @param components the state of each component's stream, by domain
   * @param webhooks of each component, the breaker's state of each endpoint
   * @param rooms of each component, the state of each room that it is in by itself
   */
  record State(
      boolean stopping,
      Map<String, StreamStatus> components,
      Map<String, Map<String, BreakerState>> webhooks,
      Map<String, Map<String, RoomState>> rooms) {
    public State {
      rooms = Map.copyOf(rooms);
      components = Map.copyOf(components);
      webhooks = Map.copyOf(webhooks);
    }

    /** Without the state of webhooks. */
    public State(boolean stopping, Map<String, StreamStatus> components) {
      this(stopping, components, Map.of(), Map.of());
    }

    /** Whether every component is authenticated and the program is not stopping. */
    public boolean ready() {
      return !stopping && components.values().stream().allMatch(s -> s == StreamStatus.CONNECTED);
    }
  }
}
