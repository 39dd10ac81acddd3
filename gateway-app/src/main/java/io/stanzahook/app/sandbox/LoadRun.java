package io.stanzahook.app.sandbox;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends messages on a schedule, from enough users that conversations do not wait for each other.
 * For one thread.
 */
final class LoadRun {
  /** Users. Each of them is a conversation. */
  private static final int USERS = 1000;

  /** The maximum number of messages handed to the server at once. */
  private static final int BATCH = 64;

  /** The maximum number of messages that are not written yet; lower than the server's own limit. */
  private static final int UNWRITTEN = 4096;

  /** A shorter wait is not worth a system call. */
  private static final long MIN_WAIT = TimeUnit.MICROSECONDS.toNanos(50);

  private static final long MAX_WAIT = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PROGRESS = TimeUnit.SECONDS.toNanos(1);

  private final ComponentServer server;
  private final Jid bot;
  private final LoadTally tally;
  private final int count;
  private final Duration patience;
  private final PrintStream err;
  private final boolean overwrites;
  private final Semaphore room = new Semaphore(UNWRITTEN);

  private int sent;
  private long nextProgress;
  private long doneBefore;

  /**
   * A run.
   *
   * @param patience if nothing comes back for this long, missing replies count as lost
   * @param overwrites whether the progress line can be overwritten
   */
  LoadRun(
      ComponentServer server,
      Jid bot,
      LoadTally tally,
      int count,
      Duration patience,
      PrintStream err,
      boolean overwrites) {
    this.server = server;
    this.bot = bot;
    this.tally = tally;
    this.count = count;
    this.patience = patience;
    this.err = err;
    this.overwrites = overwrites;
  }

  /** Sends all messages, and waits for the replies. */
  LoadSummary run() throws InterruptedException {
    tally.begin();
    nextProgress = System.nanoTime() + PROGRESS;
    while (sent < count) {
      int batch = Math.min(tally.dueNow() - sent, BATCH);
      if (batch <= 0) {
        pause(tally.due(sent) - System.nanoTime());
      } else if (room.tryAcquire(batch, MAX_WAIT, TimeUnit.NANOSECONDS)) {
        send(batch);
      } else if (isStalled()) {
        break;
      }
      progress();
    }
    while (tally.done() < count && !isStalled()) {
      pause(MAX_WAIT);
      progress();
    }
    if (overwrites && doneBefore > 0) {
      err.println();
    }
    return tally.summary(sent);
  }

  private boolean isStalled() {
    return System.nanoTime() - tally.last() > patience.toNanos();
  }

  private static void pause(long nanos) {
    if (nanos > MIN_WAIT) {
      LockSupport.parkNanos(Math.min(nanos, MAX_WAIT));
    } else {
      Thread.onSpinWait();
    }
  }

  private void send(int batch) {
    List<OutboundStanza> stanzas = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      stanzas.add(message(sent++));
    }
    // A message that was not written gets no reply, and counts as lost.
    server
        .send(stanzas)
        .subscribe(done -> {}, error -> room.release(batch), () -> room.release(batch));
  }

  private OutboundStanza message(int number) {
    Jid from = Jid.of("user" + number % USERS + "@localhost/" + number);
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, bot, from)
            .attribute("type", "chat")
            .attribute("id", "load-" + number)
            .textChild(Namespaces.COMPONENT, "body", "message " + number)
            .build());
  }

  private void progress() {
    long now = System.nanoTime();
    if (now < nextProgress) {
      return;
    }
    LoadSummary soFar = tally.summary(sent);
    long done = tally.done();
    String line =
        "%d of %d sent, %d answered, %d errors, %d/s"
            .formatted(
                sent,
                count,
                soFar.answered(),
                soFar.errors(),
                (done - doneBefore) * PROGRESS / (now - nextProgress + PROGRESS));
    doneBefore = done;
    nextProgress = now + PROGRESS;
    if (overwrites) {
      err.print("\r" + line + "\u001B[K");
      err.flush();
    } else {
      err.println(line);
    }
  }
}
