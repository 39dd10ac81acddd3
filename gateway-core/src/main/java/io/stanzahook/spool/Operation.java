package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task for the writing thread. Links itself into {@link OperationQueue}. */
abstract sealed class Operation {
  /** The one that was queued before. */
  @Nullable Operation before;

  /** The greatest position given, this operation's own included. */
  long last;

  /** Its own position, where it takes one. */
  final long position() {
    return last;
  }

  /** One of those queued, this one included, is not to wait. */
  boolean urgent;

  /** Whether it takes a position. */
  boolean isPlaced() {
    return false;
  }

  /** Whether it is written at once, and not along with others. */
  boolean isUrgent() {
    return true;
  }

  /** Tells who waits for it, if anybody does, that it will not be done. */
  void fail(SpoolException cause) {}

  /** Nothing; the bottom of the queue. */
  static final class None extends Operation {
    None(long last) {
      this.last = last;
    }

    @Override
    boolean isUrgent() {
      return false;
    }
  }

  /** A record for the tail. */
  static final class Append extends Operation {
    final KeptStanza record;

    Append(KeptStanza record) {
      this.record = record;
    }

    @Override
    boolean isPlaced() {
      return true;
    }
  }

  /** Appends are to be written again. */
  static final class Resume extends Operation {}

  /** A record is done, or buried where there is a reason. */
  static final class Settle extends Operation {
    final long record;
    final @Nullable Burial why;

    Settle(long record, @Nullable Burial why) {
      this.record = record;
      this.why = why;
    }

    @Override
    boolean isUrgent() {
      return false;
    }
  }

  /** A record whose bytes have changed on disk. */
  static final class PutAside extends Operation {
    final long record;

    PutAside(long record) {
      this.record = record;
    }
  }

  /** A dead letter goes back to the tail. */
  static final class Redeliver extends Operation {
    final long letter;

    /** Brings the new position, or null where there was no such dead letter. */
    final CompletableFuture<@Nullable Long> done = new CompletableFuture<>();

    @Override
    void fail(SpoolException cause) {
      done.completeExceptionally(cause);
    }

    Redeliver(long letter) {
      this.letter = letter;
    }

    @Override
    boolean isPlaced() {
      return true;
    }
  }

  /** Dead letters go. */
  static final class Discard extends Operation {
    final List<Long> letters;

    /** Brings how many there were. */
    final CompletableFuture<Long> done = new CompletableFuture<>();

    @Override
    void fail(SpoolException cause) {
      done.completeExceptionally(cause);
    }

    Discard(List<Long> letters) {
      this.letters = letters;
    }
  }

  /** The file is damaged: save what can be read. */
  static final class Repair extends Operation {
    final int generation;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    @Override
    void fail(SpoolException cause) {
      done.completeExceptionally(cause);
    }

    /**
     * That file.
     *
     * @param generation of the file that was found damaged: one that was repaired meanwhile is left
     */
    Repair(int generation) {
      this.generation = generation;
    }
  }

  /** The end. */
  static final class Close extends Operation {}
}
