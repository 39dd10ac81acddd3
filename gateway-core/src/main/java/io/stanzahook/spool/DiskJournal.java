package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.ConversationKey;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.DispatchClock;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptMessages;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages forth once they are in the spool. As long as there is room in memory they take
 * the short way; beyond it they stay on disk only, and are read back, in order, when there is room
 * again. So order is that of the spool's positions: {@link #handedOn} goes up, and nothing is
 * handed on that is not next. Of a conversation that has many waiting in memory the others are left
 * on disk, until those are through.
 *
 * <p>Belongs to the dispatcher's turns, but for the listener's methods, which come on the spool's
 * thread and hand themselves over.
 */
public final class DiskJournal implements Journal, Journal.Exit, SpoolListener {
  private static final Logger log = LoggerFactory.getLogger(DiskJournal.class);

  /** Messages that are on disk and wait in memory for older ones to be read, at most. */
  private static final int MAX_RECENT = 1024;

  /** Read from disk at once at most: messages, and bytes of them. */
  private static final int MAX_READ = 512;

  private static final long MAX_READ_BYTES = 4L << 20;

  /** Messages of one conversation that wait in memory; those behind them are left on disk. */
  public static final int MAX_OF_ONE = 128;

  /** Of those, read at once at most. */
  private static final int MAX_OF_ONE_READ = 32;

  /** Left on disk so at most, of all conversations: eight bytes each. */
  private static final int MAX_LEFT = 1_000_000;

  private final String domain;
  private final KeptMessages messages;
  private final Deliveries deliveries;
  private final UnaryOperator<Stanza> asItComes;
  private final IntConsumer discarded;

  /** On disk, but not handed on yet, the last of all there are. */
  private final ArrayDeque<Delivery> recent = new ArrayDeque<>();

  /** Of conversations that have too many waiting, those behind. */
  private final Map<ConversationKey, Positions> left = new HashMap<>();

  private int leftInAll;

  @SuppressWarnings("NullAway.Init") // Made right after construction, see open.
  private DiskEntrance entrance;

  @SuppressWarnings("NullAway.Init") // Opened right after construction, see open.
  private Spool spool;

  /** The greatest position handed on. */
  private long handedOn;

  /** The greatest position on disk. */
  private long tail;

  private boolean reading;
  private boolean stopped;
  private volatile boolean full;

  private DiskJournal(
      String domain,
      KeptMessages messages,
      Deliveries deliveries,
      UnaryOperator<Stanza> asItComes,
      IntConsumer discarded) {
    this.domain = domain;
    this.messages = messages;
    this.deliveries = deliveries;
    this.asItComes = asItComes;
    this.discarded = discarded;
  }

  /**
   * How it is opened.
   *
   * @param spool opens the spool; may block, and fails with a {@link SpoolException}
   * @param executor where to go on once something is on disk or read
   * @param asItComes what is read from disk, as it would come from the stream now
   * @param discarded told how many dead letters were too many
   */
  public static Opener opener(
      Function<SpoolListener, Spool> spool,
      String domain,
      Executor executor,
      DispatchClock clock,
      UnaryOperator<Stanza> asItComes,
      IntConsumer discarded) {
    return deliveries -> {
      KeptMessages messages = new KeptMessages(domain, "spool", executor, clock, deliveries);
      DiskJournal journal = new DiskJournal(domain, messages, deliveries, asItComes, discarded);
      journal.spool = spool.apply(journal);
      journal.entrance = new DiskEntrance(journal.spool, () -> journal.full, messages, deliveries);
      journal.tail = journal.spool.lastPosition();
      return journal;
    };
  }

  @Override
  public Entrance entrance() {
    return entrance;
  }

  @Override
  public Exit exit() {
    return this;
  }

  @Override
  public void handOn(long room) {
    if (stopped) {
      return;
    }
    long free = leftInAll < MAX_LEFT ? room : 0;
    while (free > 0 && nextIsHere()) {
      free -= handOn(recent.remove()) ? 1 : 0;
    }
    if (recent.size() > MAX_RECENT) {
      recent.clear();
    }
    if (free > 0 && !reading && handedOn < tail && !nextIsHere()) {
      read((int) Math.min(free, MAX_READ));
    }
  }

  /** Where there is a gap, those between may be on disk. */
  private boolean nextIsHere() {
    return !recent.isEmpty() && recent.element().position() == handedOn + 1;
  }

  /** Hands on the next one; false where it was left on disk. */
  private boolean handOn(Delivery delivery) {
    handedOn = delivery.position();
    ConversationKey key = delivery.conversation();
    Positions positions = left.get(key);
    if (positions == null && deliveries.waiting(key) >= MAX_OF_ONE && leftInAll < MAX_LEFT) {
      positions = new Positions();
      left.put(key, positions);
    }
    if (positions == null) {
      deliveries.next(delivery);
      return true;
    }
    positions.add(delivery.position());
    leftInAll++;
    return false;
  }

  private void read(int most) {
    reading = true;
    long covered = tail;
    spool
        .read(handedOn, most, MAX_READ_BYTES)
        .subscribe(
            records -> messages.resume(() -> haveRead(records, covered)),
            error -> messages.resume(() -> failed(error, () -> reading = false)));
  }

  private void haveRead(List<Spooled> records, long covered) {
    reading = false;
    if (stopped) {
      return;
    }
    for (Spooled spooled : records) {
      if (spooled.position() > handedOn) {
        Delivery delivery = delivery(spooled);
        if (delivery == null) {
          handedOn = spooled.position();
        } else {
          handOn(delivery);
        }
      }
    }
    if (records.isEmpty()) {
      handedOn = Math.max(handedOn, covered);
    }
    while (!recent.isEmpty() && recent.element().position() <= handedOn) {
      recent.remove();
    }
  }

  /** What was read; null, and a dead letter, where it is no stanza. */
  private @Nullable Delivery delivery(Spooled spooled) {
    Stanza stanza = messages.stanza(spooled.record());
    if (stanza == null) {
      spool.bury(spooled.position(), messages.unreadable());
      return null;
    }
    return messages.delivery(asItComes.apply(stanza), spooled.record(), spooled.position());
  }

  @Override
  public boolean hasLeft(ConversationKey conversation) {
    return !stopped && !left.isEmpty() && left.containsKey(conversation);
  }

  @Override
  public void bringLeft(ConversationKey conversation, Runnable then) {
    Positions positions = left.get(conversation);
    if (positions == null) {
      then.run();
      return;
    }
    long[] first = positions.first(MAX_OF_ONE_READ);
    spool
        .readAt(first)
        .subscribe(
            records ->
                messages.resume(() -> haveBrought(conversation, first.length, records, then)),
            error -> messages.resume(() -> failed(error, () -> bringLeft(conversation, then))));
  }

  private void haveBrought(
      ConversationKey conversation, int count, List<Spooled> records, Runnable then) {
    Positions positions = left.get(conversation);
    if (stopped || positions == null) {
      return;
    }
    leftInAll -= count;
    if (positions.remove(count) == 0) {
      left.remove(conversation);
    }
    for (Spooled spooled : records) {
      Delivery delivery = delivery(spooled);
      if (delivery != null) {
        deliveries.next(delivery);
      }
    }
    then.run();
  }

  private void failed(Throwable error, Runnable again) {
    log.error("{}: {}", domain, error.getMessage());
    deliveries.later(DiskEntrance.AGAIN, again);
  }

  @Override
  public void settle(long position) {
    spool.settle(position);
  }

  @Override
  public void bury(long position, Burial why) {
    spool.bury(position, why);
  }

  @Override
  public Duration retryForUnkept(Duration retryFor) {
    return KeptMessages.retryForOthers(retryFor);
  }

  @Override
  public void stop() {
    stopped = true;
    recent.clear();
  }

  @Override
  public DeadLetters deadLetters() {
    return spool.deadLetters();
  }

  @Override
  public JournalFigures figures() {
    return spool.figures();
  }

  @Override
  public void close() {
    entrance.close();
    spool.close();
  }

  @Override
  public void durable(long upTo) {
    messages.resume(
        () -> {
          entrance.durable(upTo, recent::add);
          tail = Math.max(tail, upTo);
        });
  }

  @Override
  public void failed(long from, SpoolException cause) {
    entrance.diskFailed();
    log.error("{}: {}; nothing is taken until it works again", domain, cause.getMessage());
    messages.resume(entrance::takeBack);
  }

  @Override
  public void full(boolean isFull) {
    full = isFull;
    if (isFull) {
      log.warn("{}: the spool has reached its limit", domain);
    } else {
      log.info("{}: the spool has room again", domain);
      messages.resume(() -> {});
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

  /** Positions in order, eight bytes each. */
  private static final class Positions {
    private long[] ring = new long[16];
    private int first;
    private int size;

    void add(long position) {
      if (size == ring.length) {
        long[] larger = new long[2 * size];
        System.arraycopy(first(size), 0, larger, 0, size);
        ring = larger;
        first = 0;
      }
      ring[(first + size++) % ring.length] = position;
    }

    long[] first(int most) {
      long[] taken = new long[Math.min(most, size)];
      for (int i = 0; i < taken.length; i++) {
        taken[i] = ring[(first + i) % ring.length];
      }
      return taken;
    }

    /** Takes out the first ones; how many are left. */
    int remove(int count) {
      first = (first + count) % ring.length;
      size -= count;
      return size;
    }
  }
}
