package io.stanzahook.app.logging;

import io.stanzahook.component.StreamListener;
import io.stanzahook.component.StreamStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a component's stream: connected, lost, and why. */
public final class StreamLog implements StreamListener {
  private static final Logger log = LoggerFactory.getLogger("stream");

  private final String component;

  /** A log of that component's stream. */
  public StreamLog(String component) {
    this.component = component;
  }

  @Override
  public void status(StreamStatus status, @Nullable String detail) {
    String line = detail == null ? "" : ": " + detail;
    switch (status) {
      case CONNECTED -> log.info("{}: connected{}", component, line);
      // Without a detail this is the first attempt, and nothing went wrong.
      case CONNECTING -> {
        if (detail == null) {
          log.debug("{}: connecting", component);
        } else {
          log.warn("{}: not connected{}", component, line);
        }
      }
      // The program's end says why in a line of its own.
      case ENDED -> log.debug("{}: ended{}", component, line);
    }
  }

  @Override
  public void refused(String reason) {
    log.debug("{}: an incoming stanza was skipped: {}", component, reason);
  }

  @Override
  public void paused() {
    log.debug("{}: reading stopped, the queue is full", component);
  }

  @Override
  public void resumed() {
    log.debug("{}: reading goes on", component);
  }
}
