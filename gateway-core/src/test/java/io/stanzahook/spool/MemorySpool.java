package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A spool that keeps all in memory, for tests of what stands on one. It writes when its executor
 * runs what it was given; one that collects tasks holds up the disk.
 */
public final class MemorySpool implements Spool, DeadLetters {
  private static final int OVERHEAD = 64;

  private final Executor disk;
  private final SpoolListener listener;
  private final long limit;
  private final int maxDeadLetters;
  private final NavigableMap<Long, KeptStanza> waiting = new TreeMap<>();
  private final NavigableMap<Long, KeptStanza> records = new TreeMap<>();
  private final NavigableMap<Long, DeadLetter> dead = new TreeMap<>();
  private final List<Runnable> changes = new ArrayList<>();
  private long last;
  private boolean scheduled;
  private boolean full;
  private boolean forgets;
  private boolean closed;
  private @Nullable SpoolException failure;

  /**
   * An empty one.
   *
   * @param disk runs one task at a time, in order
   */
  public MemorySpool(long limit, int maxDeadLetters, Executor disk, SpoolListener listener) {
    this.limit = limit;
    this.maxDeadLetters = maxDeadLetters;
    this.disk = disk;
    this.listener = listener;
  }

  /** Begins with what another one had on disk, as after a crash. */
  public synchronized void takeOver(MemorySpool before) {
    synchronized (before) {
      records.putAll(before.records);
      dead.putAll(before.dead);
      last = before.last;
    }
  }

  /** From now on nothing can be written, for this reason; null: all can be again. */
  public synchronized void failWith(@Nullable SpoolException cause) {
    failure = cause;
  }

  @Override
  public synchronized long append(KeptStanza record) {
    checkOpen();
    if (waiting.size() >= MAX_IN_FLIGHT) {
      throw new IllegalStateException("65,536 records are in flight");
    }
    last++;
    if (!forgets) {
      waiting.put(last, record);
      schedule();
    }
    return last;
  }

  @Override
  public synchronized void resume() {
    forgets = false;
  }

  @Override
  public synchronized void settle(long position) {
    changes.add(() -> records.remove(position));
    schedule();
  }

  @Override
  public synchronized void bury(long position, Burial why) {
    changes.add(
        () -> {
          KeptStanza record = records.remove(position);
          if (record != null) {
            dead.put(position, new DeadLetter(position, record, why));
          }
        });
    schedule();
  }

  @Override
  public Mono<List<Spooled>> read(long after, int most, long mostBytes) {
    return onDisk(
        () -> {
          List<Spooled> read = new ArrayList<>();
          long bytes = 0;
          for (var entry : records.tailMap(after, false).entrySet()) {
            bytes += entry.getValue().stanza().length;
            if (read.size() == most || (bytes > mostBytes && !read.isEmpty())) {
              break;
            }
            read.add(new Spooled(entry.getKey(), entry.getValue()));
          }
          return read;
        });
  }

  @Override
  public Mono<List<Spooled>> readAt(long... positions) {
    return onDisk(
        () -> {
          List<Spooled> read = new ArrayList<>();
          for (long position : positions) {
            KeptStanza record = records.get(position);
            if (record != null) {
              read.add(new Spooled(position, record));
            }
          }
          read.sort(Comparator.comparingLong(Spooled::position));
          return read;
        });
  }

  @Override
  public synchronized long lastPosition() {
    return last;
  }

  @Override
  public synchronized JournalFigures figures() {
    long oldest = records.isEmpty() ? 0 : records.firstEntry().getValue().receivedAt();
    return new JournalFigures(records.size(), oldest, bytes(), dead.size(), Long.MAX_VALUE, full);
  }

  @Override
  public DeadLetters deadLetters() {
    return this;
  }

  @Override
  public void close() {
    write();
    synchronized (this) {
      closed = true;
    }
  }

  @Override
  public Mono<List<DeadLetter>> newest(long before, int most) {
    return onDisk(
        () -> dead.headMap(before, false).descendingMap().values().stream().limit(most).toList());
  }

  @Override
  public Mono<DeadLetter> find(String webhookId) {
    return onDisk(() -> matching(named(webhookId))).flatMap(MemorySpool::first);
  }

  @Override
  public Mono<Long> redeliver(String webhookId) {
    return onDisk(() -> redeliver(matching(named(webhookId)))).flatMap(MemorySpool::first);
  }

  @Override
  public Mono<Long> redeliverAll(Predicate<DeadLetter> matching) {
    return onDisk(() -> (long) redeliver(matching(matching)).size());
  }

  @Override
  public Mono<Boolean> discard(String webhookId) {
    return discardAll(named(webhookId)).map(count -> count > 0);
  }

  @Override
  public Mono<Long> discardAll(Predicate<DeadLetter> matching) {
    return onDisk(
        () -> {
          List<DeadLetter> discarded = matching(matching);
          discarded.forEach(letter -> dead.remove(letter.position()));
          return (long) discarded.size();
        });
  }

  private List<Long> redeliver(List<DeadLetter> letters) {
    if (failure != null) {
      throw failure;
    }
    List<Long> positions = new ArrayList<>();
    for (DeadLetter letter : letters) {
      dead.remove(letter.position());
      records.put(++last, letter.record().again());
      positions.add(last);
    }
    if (!positions.isEmpty()) {
      listener.durable(last);
    }
    return positions;
  }

  private List<DeadLetter> matching(Predicate<DeadLetter> matching) {
    return dead.values().stream().filter(matching).toList();
  }

  private static Predicate<DeadLetter> named(String webhookId) {
    return letter -> letter.record().webhookId().equals(webhookId);
  }

  private static <T> Mono<T> first(List<T> list) {
    return Mono.justOrEmpty(list.stream().findFirst());
  }

  private <T> Mono<T> onDisk(Supplier<T> task) {
    return Mono.create(
        sink ->
            disk.execute(
                () -> {
                  T result;
                  try {
                    checkOpen();
                    write();
                    synchronized (this) {
                      result = task.get();
                    }
                    tellFull();
                  } catch (RuntimeException e) {
                    sink.error(e instanceof SpoolException ? e : new SpoolException("closed", e));
                    return;
                  }
                  sink.success(result);
                }));
  }

  private void schedule() {
    if (!scheduled && !closed) {
      scheduled = true;
      disk.execute(this::write);
    }
  }

  private synchronized void write() {
    scheduled = false;
    if (closed) {
      return;
    }
    if (!waiting.isEmpty()) {
      long first = waiting.firstKey();
      long upTo = waiting.lastKey();
      if (failure == null) {
        records.putAll(waiting);
        waiting.clear();
        listener.durable(upTo);
      } else {
        waiting.clear();
        forgets = true;
        listener.failed(first, failure);
      }
    }
    changes.forEach(Runnable::run);
    changes.clear();
    int tooMany = Math.max(0, dead.size() - maxDeadLetters);
    for (int i = 0; i < tooMany; i++) {
      dead.pollFirstEntry();
    }
    if (tooMany > 0) {
      listener.deadLettersDiscarded(tooMany);
    }
    tellFull();
  }

  private synchronized void tellFull() {
    boolean now = bytes() >= limit;
    if (now != full) {
      full = now;
      listener.full(now);
    }
  }

  private long bytes() {
    return records.values().stream().mapToLong(r -> r.stanza().length + OVERHEAD).sum()
        + dead.values().stream().mapToLong(d -> d.record().stanza().length + OVERHEAD).sum();
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the spool is closed");
    }
  }
}
