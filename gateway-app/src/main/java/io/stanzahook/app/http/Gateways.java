package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import io.stanzahook.cluster.Balance;
import io.stanzahook.cluster.SlotOwner;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The gateways of the process. Safe for use by any thread. */
public interface Gateways {
  /** No gateways. */
  Gateways NONE =
      new Gateways() {
        @Override
        public List<String> domains() {
          return List.of();
        }

        @Override
        public @Nullable Gateway find(String domain) {
          return null;
        }
      };

  /** The domains of all components, in the order of their settings. */
  List<String> domains();

  /** The gateway of a component; null if there is no such component, or it does not run now. */
  @Nullable Gateway find(String domain);

  /** The other node of the cluster that holds a component's stream; null if none is known. */
  default @Nullable SlotOwner owner(String domain) {
    return null;
  }

  /**
   * Asks the edges of the cluster to share the streams, and waits some seconds for it; null if this
   * process is not an edge.
   */
  default @Nullable Mono<Balance> balanceEdges() {
    return null;
  }
}
