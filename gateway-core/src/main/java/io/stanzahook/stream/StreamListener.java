package io.stanzahook.stream;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.wire.StreamEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Observes one component's stream. Calls come on its event loop, must be quick and must not throw.
 */
public interface StreamListener {
  /** A listener that does nothing. */
  StreamListener NONE = new StreamListener() {};

  /** The server's words show which one it is. Comes before {@link #connected}, or the end. */
  default void recognised(ServerKind server) {}

  /** The server accepted the handshake: stanzas flow. */
  default void connected() {}

  /**
   * A connection that was up, or was being set up, ended other than by our own closing.
   *
   * @param reason a stream error's condition, or one of {@code closed}, {@code connect}, {@code
   *     tls}, {@code timeout}, {@code io}, {@code ping_timeout}, {@code no_id}: bounded, fit for a
   *     label
   * @param explanation for a person: what happened, and what can be done about it
   */
  default void disconnected(String reason, String explanation) {}

  /** An incoming stanza was skipped because it is larger than a limit, or is unusable. */
  default void refused(StreamEvent.Refused stanza) {}

  /** A bounce of such a stanza was written to the stream. */
  default void bounced(OutboundStanza bounce) {}

  /**
   * The server ended the stream over something that we wrote. Nothing that was written is written
   * again; what still waits is sent once the stream is back.
   *
   * @param condition the stream error's condition
   * @param suspects the last stanzas written, the last one last: one of them is probably to blame;
   *     at most {@value LastWritten#MAX}
   */
  default void quarantined(String condition, List<WrittenStanza> suspects) {}

  /** Reading stopped, since nobody takes more stanzas. */
  default void paused() {}

  /** Reading goes on. */
  default void resumed() {}

  /**
   * The state changed, for logs and health.
   *
   * @param detail one line for a person: where to, or why not and what happens next; or null
   */
  default void status(StreamStatus status, @Nullable String detail) {}
}
