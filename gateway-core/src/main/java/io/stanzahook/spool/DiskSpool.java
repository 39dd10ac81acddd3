package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A spool in a folder: one SQLite file, with its write-ahead log synchronised at each commit. Each
 * record has a checksum. A record with changed bytes is set aside. If the structure of the file is
 * damaged, a new file is made from what can be read.
 *
 * <p>Threading: one thread writes, one reads; see the package.
 */
public final class DiskSpool implements Spool {
  /** The maximum number of waiting reads; further ones fail. */
  static final int MAX_READS = 1024;

  private static final int FOREVER_SECONDS = Integer.MAX_VALUE;

  private final SpoolFolder folder;
  private final Path file;
  private final SpoolListener listener;
  private final OperationQueue queue;
  private final SpoolWriter writer;
  private final DiskDeadLetters deadLetters;
  private final Scheduler reading =
      Schedulers.newBoundedElastic(1, MAX_READS, "stanzahook-spool-read", FOREVER_SECONDS, true);

  /** Held while the reader is used or replaced. */
  private final Object readerLock = new Object();

  /** Null until it is needed, and after an error. */
  private @Nullable SpoolReader reader;

  private volatile int generation;
  private volatile boolean closed;

  private DiskSpool(SpoolFolder folder, SpoolSettings settings, SpoolListener listener) {
    this.folder = folder;
    this.file = folder.path().resolve(SpoolFile.NAME);
    this.listener = listener;
    Salvage.finish(file);
    SpoolFile opened = openFile();
    SpoolFile.State state = stateOf(opened);
    queue = new OperationQueue(state.last());
    try {
      writer = new SpoolWriter(opened, state, queue, settings, listener, new Repair());
    } catch (SQLException e) {
      throw SqlErrors.explained("the spool cannot be opened", file, e);
    }
    deadLetters = new DiskDeadLetters(this::query, writer::add);
  }

  /**
   * Opens the spool in a folder, and creates both if they are missing. All durable records that are
   * not settled are there, in order. Blocks, so do not call it on an event loop.
   *
   * @throws SpoolException if it cannot be opened: the folder or file cannot be written or is
   *     damaged completely, another process has it open, or a newer version wrote it
   */
  public static DiskSpool open(SpoolSettings settings, SpoolListener listener) {
    SpoolFolder folder = SpoolFolder.open(settings.folder(), listener);
    DiskSpool spool = null;
    try {
      spool = new DiskSpool(folder, settings, listener);
    } finally {
      if (spool == null) {
        folder.close();
      }
    }
    spool.writer.start();
    return spool;
  }

  /** Opens the file; one that shows damage at once is repaired first. */
  private SpoolFile openFile() {
    SpoolFile opened = null;
    try {
      opened = new SpoolFile(file);
      if (opened.state() != null && opened.isReadable()) {
        return opened;
      }
    } catch (SQLException e) {
      if (!SqlErrors.isDamage(e)) {
        throw SqlErrors.explained("the spool cannot be opened", file, e);
      }
    }
    try {
      if (opened != null) {
        opened.close();
      }
      Salvage.repair(file, listener);
      return new SpoolFile(file);
    } catch (SQLException e) {
      throw SqlErrors.explained("the spool cannot be opened", file, e);
    }
  }

  private SpoolFile.State stateOf(SpoolFile opened) {
    try {
      SpoolFile.State state = opened.state();
      if (state != null) {
        return state;
      }
    } catch (SQLException e) {
      throw SqlErrors.explained("the spool cannot be read", file, e);
    }
    throw new SpoolException("the counts in the file " + file + " are damaged");
  }

  @Override
  public long append(KeptStanza record) {
    return writer.append(record);
  }

  @Override
  public void resume() {
    writer.add(new Operation.Resume());
  }

  @Override
  public void settle(long position) {
    writer.add(new Operation.Settle(position, null));
  }

  @Override
  public void bury(long position, Burial why) {
    writer.add(new Operation.Settle(position, why));
  }

  @Override
  public Mono<List<Spooled>> read(long after, int most, long mostBytes) {
    return query(from -> from.read(after, most, mostBytes));
  }

  @Override
  public Mono<List<Spooled>> readAt(long... positions) {
    long[] sorted = Arrays.stream(positions).sorted().distinct().toArray();
    return query(from -> from.readAt(sorted));
  }

  @Override
  public long lastPosition() {
    return queue.last();
  }

  @Override
  public JournalFigures figures() {
    return writer.figures();
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    reading.dispose();
    // Before the writer, which carries the log over into the file as the last one to close it.
    synchronized (readerLock) {
      closeReader();
    }
    writer.close();
    folder.close();
  }

  private void closeReader() {
    SpoolReader open = reader;
    reader = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // It only read.
      }
    }
  }

  private void damaged(long position) {
    writer.add(new Operation.PutAside(position));
  }

  /** Something to be read. */
  interface Query<T> {
    T from(SpoolReader reader) throws SQLException;
  }

  /** Reads on the reading thread; once more where the file had to be repaired. */
  private <T> Mono<T> query(Query<T> query) {
    return Mono.fromCallable(() -> answer(query)).subscribeOn(reading).onErrorMap(DiskSpool::told);
  }

  private <T> T answer(Query<T> query) {
    int seen = generation;
    try {
      return answerOnce(query);
    } catch (SQLException e) {
      if (!SqlErrors.isDamage(e)) {
        throw SqlErrors.explained("the spool cannot be read", file, e);
      }
    }
    Operation.Repair repair = new Operation.Repair(seen);
    writer.add(repair);
    try {
      repair.done.join();
      return answerOnce(query);
    } catch (CompletionException e) {
      throw e.getCause() instanceof SpoolException told ? told : e;
    } catch (SQLException e) {
      throw SqlErrors.explained("the spool cannot be read", file, e);
    }
  }

  private <T> T answerOnce(Query<T> query) throws SQLException {
    synchronized (readerLock) {
      if (closed) {
        throw new SpoolException("the spool is closed");
      }
      SpoolReader open = reader;
      if (open == null) {
        open = new SpoolReader(file, this::damaged);
        reader = open;
      }
      boolean answered = false;
      try {
        T answer = query.from(open);
        answered = true;
        return answer;
      } finally {
        if (!answered) {
          closeReader();
        }
      }
    }
  }

  private static Throwable told(Throwable error) {
    return error instanceof SpoolException
        ? error
        : new SpoolException("the spool cannot be read now: it is closed, or too busy", error);
  }

  /** Puts a new file in the place of the damaged one; nobody reads meanwhile. */
  private final class Repair implements SpoolRepair {
    @Override
    public SpoolFile repair() {
      synchronized (readerLock) {
        closeReader();
        Salvage.repair(file, listener);
        generation++;
        return reopen();
      }
    }

    @Override
    public SpoolFile reopen() {
      try {
        return new SpoolFile(file);
      } catch (SQLException e) {
        throw SqlErrors.explained("the spool cannot be opened again", file, e);
      }
    }

    @Override
    public SpoolFile.State stateOf(SpoolFile opened) {
      return DiskSpool.this.stateOf(opened);
    }

    @Override
    public int generation() {
      return generation;
    }
  }
}
