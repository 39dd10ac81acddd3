package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.util.List;
import reactor.core.publisher.Mono;

/** Where replies go: the component's stream, seen from the dispatcher. */
@FunctionalInterface
public interface Outbound {
  /**
   * Sends stanzas in their order, with no others between them.
   *
   * @return completes when they were written to the socket; ends with an error if they never will
   *     be
   */
  Mono<Void> send(List<OutboundStanza> stanzas);

  /**
   * The stanzas as they are to be sent next, in place of those: completed, or fewer. The same list
   * where nothing is to be changed.
   */
  default List<OutboundStanza> leaving(List<OutboundStanza> stanzas) {
    return stanzas;
  }
}
