package io.stanzahook.stream;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.wire.StreamEvent;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several streams of one component, shown as one. Events of all of them are told; the state is that
 * of the worst that this process is to hold, and reading is paused as long as it is on one of them.
 */
public final class JoinedStreams {
  private final StreamListener told;
  private final StreamStatus[] each;

  /** Guarded by this. */
  private StreamStatus shown = StreamStatus.CONNECTING;

  /** Which of them are paused. Guarded by this. */
  private final BitSet paused = new BitSet();

  /** So many streams, told as one. */
  public JoinedStreams(StreamListener told, int count) {
    this.told = told;
    this.each = new StreamStatus[count];
    Arrays.fill(each, StreamStatus.CONNECTING);
  }

  /** The state of all together. */
  public static StreamStatus joined(Collection<StreamStatus> all) {
    for (StreamStatus status :
        List.of(StreamStatus.CONNECTING, StreamStatus.CONNECTED, StreamStatus.STANDBY)) {
      if (all.contains(status)) {
        return status;
      }
    }
    return StreamStatus.ENDED;
  }

  private synchronized void status(int number, StreamStatus next, @Nullable String detail) {
    each[number] = next;
    StreamStatus now = joined(List.of(each));
    boolean same = now == shown;
    shown = now;
    if (!same || next == StreamStatus.CONNECTING || next == StreamStatus.CONNECTED) {
      told.status(now, detail == null ? null : "stream " + number + ": " + detail);
    }
  }

  private synchronized void paused(int number, boolean pauses) {
    boolean before = !paused.isEmpty();
    paused.set(number, pauses);
    if (before == paused.isEmpty()) {
      if (pauses) {
        told.paused();
      } else {
        told.resumed();
      }
    }
  }

  private synchronized void disconnected(int number, String reason, String explanation) {
    paused.clear(number);
    told.disconnected(reason, explanation);
    if (!paused.isEmpty()) {
      // The end of a connection counts as the end of its pause, and the others are still paused.
      told.paused();
    }
  }

  /** What one of them tells. */
  public StreamListener of(int number) {
    return new StreamListener() {
      @Override
      public void recognised(ServerKind server) {
        told.recognised(server);
      }

      @Override
      public void connected() {
        told.connected();
      }

      @Override
      public void disconnected(String reason, String explanation) {
        JoinedStreams.this.disconnected(number, reason, explanation);
      }

      @Override
      public void refused(StreamEvent.Refused stanza) {
        told.refused(stanza);
      }

      @Override
      public void bounced(OutboundStanza bounce) {
        told.bounced(bounce);
      }

      @Override
      public void quarantined(String condition, List<WrittenStanza> suspects) {
        told.quarantined(condition, suspects);
      }

      @Override
      public void paused() {
        JoinedStreams.this.paused(number, true);
      }

      @Override
      public void resumed() {
        JoinedStreams.this.paused(number, false);
      }

      @Override
      public void status(StreamStatus status, @Nullable String detail) {
        JoinedStreams.this.status(number, status, detail);
      }
    };
  }
}
