package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One transaction: its changes to the file, and what to report when it is on disk. */
final class SpoolBatch {
  private final SpoolFile file;
  private final List<Operation> operations;
  private final int maxDeadLetters;
  private final List<Runnable> answers = new ArrayList<>();
  private final List<Long> damaged = new ArrayList<>();
  private boolean forgets;
  private long depth;
  private long dead;
  private long last;
  private long durableUpTo;
  private int appends;
  private int discarded;

  /**
   * Nothing is done yet.
   *
   * @param forgets whether what is appended is dropped, until there is a {@link Operation.Resume}
   */
  SpoolBatch(
      SpoolFile file,
      SpoolFile.State before,
      List<Operation> operations,
      int maxDeadLetters,
      boolean forgets) {
    this.file = file;
    this.operations = operations;
    this.maxDeadLetters = maxDeadLetters;
    this.forgets = forgets;
    depth = before.depth();
    dead = before.dead();
    last = before.last();
  }

  /** Writes all of it. Where that fails, nothing of it is on disk. */
  SpoolFile.State write() throws SQLException {
    boolean written = false;
    file.begin();
    try {
      for (Operation operation : operations) {
        apply(operation);
      }
      if (dead > maxDeadLetters) {
        discarded = (int) (dead - maxDeadLetters);
        file.discardOldest(discarded);
        dead = maxDeadLetters;
      }
      SpoolFile.State after = new SpoolFile.State(last, depth, dead);
      file.commit(after);
      written = true;
      return after;
    } finally {
      if (!written) {
        file.rollback();
      }
    }
  }

  private void apply(Operation operation) throws SQLException {
    last = Math.max(last, operation.last);
    if (operation instanceof Operation.Append append) {
      append(append);
    } else if (operation instanceof Operation.Settle settle) {
      if (settle.why == null) {
        depth -= file.delete(settle.record);
      } else {
        bury(settle.record, settle.why);
      }
    } else if (operation instanceof Operation.Resume) {
      forgets = false;
    } else if (operation instanceof Operation.Redeliver redeliver) {
      redeliver(redeliver);
    } else if (operation instanceof Operation.Discard discard) {
      discard(discard);
    } else if (operation instanceof Operation.PutAside aside) {
      putAside(aside.record);
    }
  }

  private void append(Operation.Append append) throws SQLException {
    appends++;
    if (forgets) {
      return;
    }
    file.insert(append.position(), append.record);
    depth++;
    durableUpTo = append.position();
  }

  private void bury(long position, Burial why) throws SQLException {
    byte[] value = file.get(position);
    if (value == null) {
      return;
    }
    KeptStanza record = RecordCode.decode(position, value);
    if (record == null) {
      putAside(position);
      return;
    }
    file.bury(position, record, why);
    depth -= file.delete(position);
    dead++;
  }

  private void redeliver(Operation.Redeliver redeliver) throws SQLException {
    KeptStanza record = RecordCode.decode(redeliver.letter, file.getDead(redeliver.letter));
    @Nullable Long result = null;
    if (record != null) {
      file.insert(redeliver.position(), record.again());
      dead -= file.discard(redeliver.letter);
      depth++;
      durableUpTo = redeliver.position();
      result = redeliver.position();
    }
    @Nullable Long told = result;
    answers.add(() -> redeliver.done.complete(told));
  }

  private void discard(Operation.Discard discard) throws SQLException {
    long count = 0;
    for (long letter : discard.letters) {
      count += file.discard(letter);
    }
    dead -= count;
    long told = count;
    answers.add(() -> discard.done.complete(told));
  }

  private void putAside(long position) throws SQLException {
    if (file.get(position) != null) {
      file.putAside(position);
      depth -= file.delete(position);
      damaged.add(position);
    }
  }

  /** Whether what is appended after this is dropped. */
  boolean forgets() {
    return forgets;
  }

  /** Appends that are no longer in flight, one way or the other. */
  int appends() {
    return appends;
  }

  /** Tells whom it concerns, once it is on disk. */
  void tell(SpoolListener listener) {
    if (durableUpTo > 0) {
      listener.durable(durableUpTo);
    }
    answers.forEach(Runnable::run);
    if (discarded > 0) {
      listener.deadLettersDiscarded(discarded);
    }
    for (long position : damaged) {
      listener.damaged(
          new SpoolException(
              "record "
                  + position
                  + " in "
                  + file.path()
                  + " was changed on disk; it cannot be delivered, and is moved to the table "
                  + "'damaged' of the file"));
    }
  }
}
