package io.stanzahook.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one and the same element of the server's has been open. Bytes go on coming inside an
 * element whose end tag was lost, so that the liveness of the stream does not show it.
 *
 * <p>On the connection's event loop.
 */
final class OpenElement {
  private long element = -1;
  private long since;

  /**
   * Looks again; to be called several times within the shorter limit.
   *
   * @param forForeign how long an element may take that is no stanza; a stanza may as long as the
   *     larger of both
   * @return the limit that was passed, or null
   */
  @Nullable Duration past(StreamInbound inbound, Duration forForeign, Duration forStanza) {
    long now = System.nanoTime();
    long open = inbound.openElement();
    if (open < 0 || open != element || inbound.isPaused()) {
      element = open;
      since = now;
      return null;
    }
    boolean less = forForeign.compareTo(forStanza) < 0;
    Duration limit = less == inbound.isForeignOpen() ? forForeign : forStanza;
    return now - since >= limit.toNanos() ? limit : null;
  }
}
