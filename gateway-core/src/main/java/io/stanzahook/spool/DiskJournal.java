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
 * The journal on a spool. It returns messages when they are on disk. If there is room in memory,
 * they are not read from disk. Otherwise they stay only on disk, and are read in order when there
 * is room again. The order is that of the positions in the spool: {@link #handedOn} only grows, and
 * each message that is returned is the next one. If many messages of a conversation wait in memory,
 * its other messages stay on disk until those have ended.
 *
 * <p>Belongs to the dispatcher's turns, except for the methods of the listener, which come on the
 * spool's thread and take a turn.
 */
public final class DiskJournal implements Journal, Journal.Exit, SpoolListener {
  private static final Logger log = LoggerFactory.getLogger(DiskJournal.class);

  /** The maximum number of messages on disk that stay in memory while older ones are read. */
  private static final int MAX_RECENT = 1024;

  /** The maximum number of messages in one read from disk, and of their bytes. */
  private static final int MAX_READ = 512;

  private static final long MAX_READ_BYTES = 4L << 20;

  /**
   * The maximum number of messages of one conversation that wait in memory. Others stay on disk.
   */
  public static final int MAX_OF_ONE = 128;

  /** The maximum number of messages of one conversation in one read. */
  private static final int MAX_OF_ONE_READ = 32;

  /**
   * The maximum number of messages of all conversations that stay on disk in this way. Each takes
   * eight bytes.
   */
  private static final int MAX_LEFT = 1_000_000;

  private final String domain;
  private final KeptMessages messages;
  private final Deliveries deliveries;
  private final UnaryOperator<Stanza> asItComes;
  private final IntConsumer discarded;

  /** The last messages on disk that are not returned yet. */
  private final ArrayDeque<Delivery> recent = new ArrayDeque<>();

  /** The positions that stay on disk, of conversations with too many messages in memory. */
  private final Map<ConversationKey, Positions> left = new HashMap<>();

  private int leftInAll;

  @SuppressWarnings("NullAway.Init") // Made right after construction, see open.
  private DiskEntrance entrance;

  @SuppressWarnings("NullAway.Init") // Opened right after construction, see open.
  private Spool spool;

  /** The highest position that was returned. */
  private long handedOn;

  /** The highest position on disk. */
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
   * @param executor where to go on when something is on disk or was read
   * @param asItComes changes a stanza from disk to what it would be if it came from the stream now
   * @param discarded is told how many dead letters were deleted because there were too many
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

  /**
   * Whether the next message is in memory. If there is a gap, the missing messages may be on disk.
   */
  private boolean nextIsHere() {
    return !recent.isEmpty() && recent.element().position() == handedOn + 1;
  }

  /** Returns the next message. Returns false if it stays on disk. */
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

  /**
   * The delivery of a message that was read. If it is not a stanza, it becomes a dead letter, and
   * this returns null.
   */
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

  /** Positions in order. Each takes eight bytes. */
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

    /** Removes the first ones. Returns how many are left. */
    int remove(int count) {
      first = (first + count) % ring.length;
      size -= count;
      return size;
    }
  }
}
