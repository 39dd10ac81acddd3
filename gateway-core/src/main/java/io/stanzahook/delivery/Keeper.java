package io.stanzahook.delivery;

import io.stanzahook.spool.Burial;
import io.stanzahook.spool.Spool;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolFigures;
import io.stanzahook.spool.SpoolListener;
import io.stanzahook.spool.SpoolRecord;
import io.stanzahook.spool.Spooled;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Puts messages into the spool before anything else happens to them, and hands them on once they
 * are on disk. As long as there is room in memory they take the short way; beyond it they stay on
 * disk only, and are read back, in order, when there is room again. So order is that of the spool's
 * positions: {@link #handedOn} goes up, and nothing is handed on that is not next.
 *
 * <p>Belongs to the dispatcher's turns, but for the listener's methods, which come on the spool's
 * thread and hand themselves over.
 */
final class Keeper implements SpoolListener {
  private static final Logger log = LoggerFactory.getLogger(Keeper.class);

  /** Stanzas that are on disk and wait in memory for older ones to be read, at most. */
  private static final int MOST_RECENT = 1024;

  /** Read from disk at once at most: stanzas, and bytes of them. */
  private static final int MOST_READ = 512;

  private static final long MOST_READ_BYTES = 4L << 20;

  /** The same for one conversation that left some of its own there. */
  private static final int MOST_OF_ONE_READ = 32;

  private final String domain;
  private final KeptStanzaReader reader;
  private final Executor executor;
  private final Consumer<Runnable> turns;
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final Scheduler scheduler;
  private final Backlog backlog;
  private final Predicate<Kept> next;
  private final UnaryOperator<Stanza> asItComes;
  private final IntConsumer discarded;

  /** On disk, but not handed on yet, the last of all there are. */
  private final ArrayDeque<Kept> recent = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // Made right after construction, see open.
  private Appends appends;

  @SuppressWarnings("NullAway.Init") // Opened right after construction, see open.
  private Spool spool;

  /** The greatest position handed on. */
  private long handedOn;

  /** The greatest position on disk. */
  private long tail;

  private boolean reading;
  private boolean closing;
  private volatile boolean full;

  private Keeper(
      String domain,
      Executor executor,
      Consumer<Runnable> turns,
      DispatchClock clock,
      Backlog backlog,
      Predicate<Kept> next,
      UnaryOperator<Stanza> asItComes,
      IntConsumer discarded) {
    this.domain = domain;
    this.reader = new KeptStanzaReader(domain);
    this.executor = executor;
    this.turns = turns;
    this.nanoTime = clock.nanoTime();
    this.millis = clock.millis();
    this.scheduler = clock.scheduler();
    this.backlog = backlog;
    this.next = next;
    this.asItComes = asItComes;
    this.discarded = discarded;
  }

  /**
   * Opens the spool.
   *
   * @param executor where to go on once something is on disk or read
   * @param turns where steps are handed to
   * @param backlog whose conversations leave some of theirs on disk
   * @param next takes what is kept, one after another, only when {@link #handOn} says so; whether
   *     it took room in memory
   * @param asItComes what is read from disk, as it would come from the stream now
   * @param discarded told how many dead letters were too many
   */
  static Keeper open(
      SpoolOpener opener,
      String domain,
      Executor executor,
      Consumer<Runnable> turns,
      DispatchClock clock,
      Backlog backlog,
      Predicate<Kept> next,
      UnaryOperator<Stanza> asItComes,
      IntConsumer discarded) {
    Keeper keeper = new Keeper(domain, executor, turns, clock, backlog, next, asItComes, discarded);
    keeper.spool = opener.open(keeper);
    keeper.appends = new Appends(keeper.spool, clock, turns);
    keeper.tail = keeper.spool.lastPosition();
    return keeper;
  }

  /** Whether that kind is kept: an iq must be answered in time, and a presence is soon outdated. */
  boolean keeps(Stanza stanza) {
    return stanza.kind() == StanzaKind.MESSAGE;
  }

  /** How many more may be taken. */
  int room() {
    return full || appends.isDiskFailing() ? 0 : Appends.MOST - appends.unsafe();
  }

  /** What is on its way to the disk. */
  Appends appends() {
    return appends;
  }

  /** Whether some are on disk that were not handed on yet. */
  boolean isBehind() {
    return handedOn < tail;
  }

  SpoolFigures figures() {
    return spool.figures();
  }

  Spool spool() {
    return spool;
  }

  /** Hands on as many as there is room for. To be called at the end of a turn. */
  void handOn(long room) {
    if (closing) {
      return;
    }
    long left = backlog.isDiskFull() ? 0 : room;
    while (left > 0 && !recent.isEmpty() && recent.element().position() == handedOn + 1) {
      left -= handOn(recent.remove()) ? 1 : 0;
    }
    if (recent.size() > MOST_RECENT) {
      recent.clear();
    }
    for (Lane lane = backlog.pollHungry(); lane != null; lane = backlog.pollHungry()) {
      bringFromDisk(lane);
    }
    boolean nextIsHere = !recent.isEmpty() && recent.element().position() == handedOn + 1;
    if (left > 0 && !reading && isBehind() && !nextIsHere) {
      read((int) Math.min(left, MOST_READ));
    }
  }

  private boolean handOn(Kept kept) {
    handedOn = kept.position();
    return next.test(kept);
  }

  private void read(int most) {
    reading = true;
    long covered = tail;
    spool
        .read(handedOn, most, MOST_READ_BYTES)
        .subscribe(
            records -> resume(() -> haveRead(records, covered)),
            error -> resume(() -> readFailed(error)));
  }

  private void haveRead(List<Spooled> records, long covered) {
    reading = false;
    if (closing) {
      return;
    }
    for (Spooled spooled : records) {
      handOn(spooled);
    }
    if (records.isEmpty()) {
      handedOn = Math.max(handedOn, covered);
    }
    while (!recent.isEmpty() && recent.element().position() <= handedOn) {
      recent.remove();
    }
  }

  private void handOn(Spooled spooled) {
    if (spooled.position() <= handedOn) {
      return;
    }
    Kept kept = kept(spooled);
    if (kept == null) {
      handedOn = spooled.position();
    } else {
      handOn(kept);
    }
  }

  /** What was read; null, and a dead letter, where it is no stanza. */
  private @Nullable Kept kept(Spooled spooled) {
    SpoolRecord record = spooled.record();
    Stanza stanza = reader.read(record.stanza(), record.lang());
    if (stanza == null) {
      log.error(
          "{}: what the spool holds for {} is not a stanza; it is a dead letter now",
          domain,
          record.webhookId());
      spool.bury(
          spooled.position(),
          new Burial(millis.getAsLong(), 0, "not_a_stanza", "", "not a stanza", 0, ""));
      return null;
    }
    long age = TimeUnit.MILLISECONDS.toNanos(millis.getAsLong() - record.receivedAt());
    return new Kept(
        asItComes.apply(stanza),
        record.webhookId(),
        spooled.position(),
        nanoTime.getAsLong() - Math.max(0, age),
        record.redelivered());
  }

  /** It is the turn of those of one conversation that were left on disk. */
  private void bringFromDisk(Lane lane) {
    long[] positions = lane.firstOnDisk(MOST_OF_ONE_READ);
    spool
        .readAt(positions)
        .subscribe(
            records -> resume(() -> haveBrought(lane, positions.length, records)),
            error ->
                resume(
                    () -> {
                      log.error("{}: {}", domain, error.getMessage());
                      later(() -> backlog.stillHungry(lane));
                    }));
  }

  private void haveBrought(Lane lane, int count, List<Spooled> records) {
    if (!closing) {
      backlog.broughtFromDisk(
          lane, count, records.stream().map(this::kept).filter(Objects::nonNull).toList());
    }
  }

  private void later(Runnable step) {
    scheduler.schedule(() -> turns.accept(step), Appends.AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void readFailed(Throwable error) {
    log.error("{}: {}", domain, error.getMessage());
    later(() -> reading = false);
  }

  /** A delivery is final, and what answers it is written. */
  void settle(long position) {
    spool.settle(position);
  }

  /** A delivery is given up. */
  void bury(long position, Burial why) {
    spool.bury(position, why);
  }

  /** The time of day. */
  long millis() {
    return millis.getAsLong();
  }

  /** Hands on nothing more: what is on disk stays there for the next start. */
  void stop() {
    closing = true;
    recent.clear();
  }

  /** Writes to disk what is known by now, and lets go of it. Blocks. */
  void close() {
    appends.close();
    spool.close();
  }

  @Override
  public void durable(long upTo) {
    resume(
        () -> {
          appends.durable(upTo, recent::add);
          tail = Math.max(tail, upTo);
        });
  }

  @Override
  public void failed(long from, SpoolException cause) {
    appends.diskFailed();
    log.error("{}: {}; nothing is taken until it works again", domain, cause.getMessage());
    resume(appends::takeBack);
  }

  @Override
  public void full(boolean isFull) {
    full = isFull;
    if (isFull) {
      log.warn("{}: the spool has reached its limit", domain);
    } else {
      log.info("{}: the spool has room again", domain);
      resume(() -> {});
    }
  }

  @Override
  public void deadLettersDiscarded(int count) {
    log.warn("{}: {} dead letters were discarded, the oldest: there were too many", domain, count);
    discarded.accept(count);
  }

  @Override
  public void damaged(SpoolException what) {
    log.error("{}: {}", domain, what.getMessage());
  }

  @Override
  public void closed(String what) {
    log.warn("{}: {}", domain, what);
  }

  @Override
  public void recovering(long bytes, long of) {
    log.info("{}: recovering the spool: {} of {} bytes", domain, bytes, of);
  }

  /** Goes on with a turn, on the thread that calls shall begin on. */
  private void resume(Runnable step) {
    try {
      executor.execute(() -> turns.accept(step));
    } catch (RejectedExecutionException e) {
      // The loops are shut down already; the step itself is all the same to do.
      turns.accept(step);
    }
  }
}
