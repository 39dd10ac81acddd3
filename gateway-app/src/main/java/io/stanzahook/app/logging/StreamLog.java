package io.stanzahook.app.logging;

import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.wire.StreamEvent;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a component's stream: connected, lost, and why. */
public final class StreamLog implements StreamListener {
  private static final Logger log = LoggerFactory.getLogger("stream");

  /** Of a stream that comes and goes, the times in one interval that have a line of their own. */
  private static final int CHANGES = 5;

  private final String component;
  private final RefusalLog refusals;
  private final FloodGate<StreamStatus> changes;

  /**
   * A log of that component's stream.
   *
   * @param intervals of its sums
   */
  public StreamLog(String component, Intervals intervals) {
    this.component = component;
    this.refusals = new RefusalLog(component, intervals);
    this.changes = new FloodGate<>(CHANGES, intervals, new Sums());
  }

  @Override
  public void status(StreamStatus status, @Nullable String detail) {
    String line = detail == null ? "" : ": " + Flags.named(detail);
    switch (status) {
      case CONNECTED -> {
        if (changes.passes(status)) {
          Fields.at(log.atInfo(), component).log("connected" + line);
        }
      }
      // Without a detail this is the first attempt, and nothing went wrong.
      case CONNECTING -> {
        if (detail == null) {
          log.debug("{}: connecting", component);
        } else if (changes.passes(status)) {
          Fields.at(log.atWarn(), component).log("not connected" + line);
        }
      }
      case STANDBY -> log.info("{}: another process of the cluster holds the stream", component);
      // The program's end says why in a line of its own.
      case ENDED -> log.debug("{}: ended{}", component, line);
    }
  }

  private final class Sums implements FloodGate.Sums<StreamStatus> {
    @Override
    public void more(StreamStatus status, int count) {
      Fields.at(log.atWarn(), component)
          .with("count", count)
          .log(
              "%s %d more times within %d s"
                  .formatted(
                      status == StreamStatus.CONNECTED ? "connected" : "not connected",
                      count,
                      FloodGate.INTERVAL.toSeconds()));
    }

    @Override
    public void others(int count) {
      // There are fewer states than kinds told apart.
    }
  }

  @Override
  public void refused(StreamEvent.Refused stanza) {
    refusals.refused(stanza);
  }

  @Override
  public void quarantined(String condition, List<WrittenStanza> suspects) {
    Fields.at(log.atWarn(), component)
        .with("reason", condition)
        .log(
            ("the server ended the stream with %s because of a stanza. These %d stanzas "
                    + "were written last and are not written again; one of them is probably the "
                    + "cause. Find by their ids what the webhook answered; the server's log may say"
                    + " more. The last one first: %s")
                .formatted(
                    condition,
                    suspects.size(),
                    IntStream.rangeClosed(1, suspects.size())
                        .mapToObj(back -> describe(suspects.get(suspects.size() - back)))
                        .collect(Collectors.joining("; "))));
  }

  private static String describe(WrittenStanza stanza) {
    return "%s%s%s from %s to %s, %d bytes"
        .formatted(
            stanza.kind().elementName(),
            stanza.type() == null ? "" : " (" + LogText.of(stanza.type()) + ")",
            stanza.id() == null ? "" : " '" + LogText.of(stanza.id()) + "'",
            LogText.of(stanza.from().toString()),
            LogText.of(stanza.to().toString()),
            stanza.bytes());
  }

  @Override
  public void paused() {
    log.debug("{}: reading stopped, the queue is full", component);
  }

  @Override
  public void resumed() {
    log.debug("{}: reading continues", component);
  }
}
