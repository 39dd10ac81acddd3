package io.stanzahook.spool;

import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The writing thread. It takes everything that is queued, writes it in one transaction, and
 * reports. While one transaction is being written, the next one gathers.
 */
final class SpoolWriter {
  /** The shortest time between two commits: with fewer, larger ones each record costs less. */
  private static final long GATHER_NANOS = 1_000_000;

  /** How long settling waits for records that are written anyway. */
  private static final long SETTLE_NANOS = 50_000_000;

  /** Time until settling is tried again after it failed. */
  private static final long RETRY_NANOS = 500_000_000;

  /** The most operations of one transaction. */
  private static final int MAX_BATCH = 8192;

  /** Free bytes within the file that it is not made smaller for. */
  private static final long MAX_FREE = 16L << 20;

  private final OperationQueue queue;
  private final SpoolListener listener;
  private final SpoolSettings settings;
  private final SpoolRepair repair;
  private final SpoolReserve reserve;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "stanzahook-spool");
  private volatile boolean waiting;
  private volatile boolean closed;
  private volatile JournalFigures figures;

  // Only the writing thread uses these.
  private SpoolFile file;
  private SpoolFile.State state;
  private boolean forgets;

  /** What was settled and could not be written: once more with the next. */
  private List<Operation> unwritten = List.of();

  private long lastCommit = System.nanoTime() - GATHER_NANOS;

  /** On a file that is there; {@link #start} makes it write. */
  SpoolWriter(
      SpoolFile file,
      SpoolFile.State state,
      OperationQueue queue,
      SpoolSettings settings,
      SpoolListener listener,
      SpoolRepair repair)
      throws SQLException {
    this.file = file;
    this.queue = queue;
    this.settings = settings;
    this.listener = listener;
    this.repair = repair;
    reserve = new SpoolReserve(settings.folder());
    this.state = state;
    figures = measured(false);
    thread.setDaemon(true);
  }

  void start() {
    if (figures.full()) {
      listener.full(true);
    }
    thread.start();
  }

  /** Adds a record; its position. */
  long append(KeptStanza record) {
    if (closed) {
      throw new IllegalStateException("the spool is closed");
    }
    if (inFlight.incrementAndGet() > Spool.MAX_IN_FLIGHT) {
      inFlight.decrementAndGet();
      throw new IllegalStateException(
          String.format("%,d records are already waiting for the disk", Spool.MAX_IN_FLIGHT));
    }
    Operation.Append append = new Operation.Append(record);
    add(append);
    return append.position();
  }

  /** Adds what is to be done; once closed, it is given up at once. */
  void add(Operation operation) {
    if (queue.add(operation) && waiting) {
      LockSupport.unpark(thread);
    }
    if (closed) {
      giveUp();
    }
  }

  private void giveUp() {
    SpoolException cause = new SpoolException("the spool is closed");
    queue.takeAll().forEach(operation -> operation.fail(cause));
  }

  JournalFigures figures() {
    return figures;
  }

  /** Writes what is queued, and ends; waits for that. */
  void close() {
    add(new Operation.Close());
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean open = true;
    try {
      while (open) {
        awaitWork();
        List<Operation> taken = queue.takeAll();
        int from = 0;
        do {
          int to = Math.min(taken.size(), from + MAX_BATCH);
          write(taken.subList(from, to));
          from = to;
        } while (from < taken.size());
        open = taken.stream().noneMatch(Operation.Close.class::isInstance);
      }
    } catch (RuntimeException | Error fault) {
      // Going on could write a record twice, or tell of one that is not on disk.
      listener.damaged(
          new SpoolException(
              "writing %s has ended because of a defect: no more messages are accepted. Restart the gateway; nothing on disk is lost"
                  .formatted(file.path()),
              fault));
      throw fault;
    } finally {
      closed = true;
      giveUp();
      closeFile();
      ended.countDown();
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (SQLException e) {
      // All that was told durable is on disk.
    }
  }

  /** Returns when something is to be written, and enough has gathered. */
  private void awaitWork() {
    if (queue.isEmpty()) {
      shrink();
    }
    waiting = true;
    while (queue.isEmpty() && unwritten.isEmpty()) {
      LockSupport.park(this);
    }
    long patience = unwritten.isEmpty() ? SETTLE_NANOS : RETRY_NANOS;
    for (long end = System.nanoTime() + patience; !queue.isUrgent(); ) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    waiting = false;
    for (long left = GATHER_NANOS; left > 0; left = lastCommit + GATHER_NANOS - System.nanoTime()) {
      if (left < GATHER_NANOS) {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** Gives space back to the file system while there is nothing else to do. */
  private void shrink() {
    try {
      reserve.take();
      boolean shrunk = false;
      while (queue.isEmpty() && file.freeBytes() > Math.max(MAX_FREE, file.usedBytes())) {
        file.shrink();
        shrunk = true;
      }
      if (shrunk) {
        file.emptyLog();
      }
    } catch (SQLException e) {
      // The space is used again all the same.
      file.rollback();
    }
  }

  private void write(List<Operation> operations) {
    repairWhereAsked(operations);
    List<Operation> all = new ArrayList<>(unwritten);
    all.addAll(operations);
    unwritten = List.of();
    try {
      commit(batch(all));
    } catch (SQLException e) {
      SpoolException cause = repaired(e);
      if (cause == null) {
        writeAgain(all);
      } else {
        failed(all, cause);
      }
    }
  }

  private SpoolBatch batch(List<Operation> operations) {
    return new SpoolBatch(file, state, operations, settings.maxDeadLetters(), forgets);
  }

  private void commit(SpoolBatch batch) throws SQLException {
    state = batch.write();
    forgets = batch.forgets();
    lastCommit = System.nanoTime();
    JournalFigures before = figures;
    try {
      figures = measured(before.full());
    } catch (SQLException e) {
      // It is on disk all the same, and the next commit shows what is wrong.
      file.rollback();
    }
    inFlight.addAndGet(-batch.appends());
    batch.tell(listener);
    if (figures.full() != before.full()) {
      listener.full(figures.full());
    }
  }

  /** After a repair. */
  private void writeAgain(List<Operation> operations) {
    try {
      commit(batch(operations));
    } catch (SQLException e) {
      failed(operations, SqlErrors.explained("the spool cannot be written", file.path(), e));
    }
  }

  private void failed(List<Operation> operations, SpoolException cause) {
    lastCommit = System.nanoTime();
    long from = 0;
    List<Operation> changes = new ArrayList<>();
    int appends = 0;
    for (Operation operation : operations) {
      if (operation instanceof Operation.Append append) {
        appends++;
        if (!forgets && from == 0) {
          from = append.position();
        }
      } else if (operation instanceof Operation.Resume) {
        forgets = from > 0;
      } else if (operation instanceof Operation.Settle || operation instanceof Operation.PutAside) {
        changes.add(operation);
      } else {
        operation.fail(cause);
      }
    }
    forgets |= from > 0;
    inFlight.addAndGet(-appends);
    reserve.release();
    try {
      file.emptyLog();
      // These make room.
      commit(batch(changes));
      file.emptyLog();
    } catch (SQLException e) {
      file.rollback();
      unwritten = changes;
    }
    if (from > 0) {
      listener.failed(from, cause);
    }
  }

  private void repairWhereAsked(List<Operation> operations) {
    for (Operation operation : operations) {
      if (operation instanceof Operation.Repair asked) {
        try {
          if (asked.generation == repair.generation()) {
            repairFile();
          }
          asked.done.complete(null);
        } catch (SpoolException e) {
          asked.fail(e);
        }
      }
    }
  }

  /** Repairs the file where that is what is wrong; null if it is done, else what to tell. */
  private @Nullable SpoolException repaired(SQLException error) {
    if (!SqlErrors.isDamage(error)) {
      return SqlErrors.explained("the spool cannot be written", file.path(), error);
    }
    try {
      repairFile();
      return null;
    } catch (SpoolException e) {
      return e;
    }
  }

  private void repairFile() {
    closeFile();
    try {
      file = repair.repair();
    } catch (SpoolException e) {
      // As it was: the next one to meet the damage tries again.
      file = repair.reopen();
      throw e;
    }
    state = repair.stateOf(file);
  }

  private JournalFigures measured(boolean wasFull) throws SQLException {
    SpoolFile.First first = state.depth() == 0 ? SpoolFile.First.NONE : file.first();
    long bytes = file.usedBytes();
    // Not full again until a tenth is free, so that it does not change with each record.
    long limit = wasFull ? settings.limit() - settings.limit() / 10 : settings.limit();
    return new JournalFigures(
        state.depth(), first.receivedAt(), bytes, state.dead(), settings.limit(), bytes >= limit);
  }
}
