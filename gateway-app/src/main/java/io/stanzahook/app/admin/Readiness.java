package io.stanzahook.app.admin;

import io.stanzahook.cluster.ClusterFigures;
import io.stanzahook.cluster.ClusterRole;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
   * @param cluster what the process does in its cluster; null without one
   */
  record State(
      boolean stopping,
      Map<String, StreamStatus> components,
      Map<String, Map<String, BreakerState>> webhooks,
      Map<String, Map<String, RoomState>> rooms,
      @Nullable Cluster cluster) {
    public State {
      rooms = Map.copyOf(rooms);
      components = Map.copyOf(components);
      webhooks = Map.copyOf(webhooks);
    }

    /** Without a cluster. */
    public State(
        boolean stopping,
        Map<String, StreamStatus> components,
        Map<String, Map<String, BreakerState>> webhooks,
        Map<String, Map<String, RoomState>> rooms) {
      this(stopping, components, webhooks, rooms, null);
    }

    /** Without the state of webhooks. */
    public State(boolean stopping, Map<String, StreamStatus> components) {
      this(stopping, components, Map.of(), Map.of());
    }

    /**
     * Whether every component is authenticated and the program is not stopping. In a cluster, the
     * brokers have to be there, and another process may hold a component's stream.
     */
    public boolean ready() {
      return !stopping
          && (cluster == null || cluster.figures().connected())
          && components.values().stream()
              .allMatch(
                  each ->
                      each == StreamStatus.CONNECTED
                          || (cluster != null && each == StreamStatus.STANDBY));
    }
  }

  /**
   * What the process does in its cluster.
   *
   * @param streams the domains whose streams it holds
   */
  record Cluster(ClusterRole role, ClusterFigures figures, List<String> streams) {
    public Cluster {
      streams = List.copyOf(streams);
    }
  }
}
