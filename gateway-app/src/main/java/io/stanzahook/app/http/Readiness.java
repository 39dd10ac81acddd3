package io.stanzahook.app.http;

import io.stanzahook.stream.StreamStatus;
import java.util.Map;

/** Whether the program can serve now. */
@FunctionalInterface
public interface Readiness {
  /** The state of the moment. May be called on any thread. */
  State state();

  /**
   * A state.
   *
   * @param stopping whether the program was asked to end
   * @param components each component's domain and where its stream stands
   */
  record State(boolean stopping, Map<String, StreamStatus> components) {
    public State {
      components = Map.copyOf(components);
    }

    /** Whether every component is authenticated, and the program is to go on. */
    public boolean ready() {
      return !stopping && components.values().stream().allMatch(s -> s == StreamStatus.CONNECTED);
    }
  }
}
