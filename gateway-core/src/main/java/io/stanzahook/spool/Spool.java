package io.stanzahook.spool;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Records in the order of their positions, which survive a crash. A record is appended, told
 * durable to the {@link SpoolListener}, read as often as needed, and in the end settled or buried,
 * once.
 *
 * <p>Only {@link #close} blocks. Threads: see the package.
 */
public interface Spool extends AutoCloseable {
  /**
   * The most records that may be appended and neither told durable nor failed: a hard bound on
   * memory, in case its caller's own is wrong.
   */
  int MAX_IN_FLIGHT = 65_536;

  /**
   * Puts a record at the tail. All that come while the disk is busy are written and synchronised
   * together, then told by {@link SpoolListener#durable}. Reaching the limit of bytes refuses
   * nothing: whoever appends has to heed {@link SpoolListener#full}, and to bound what is in
   * flight.
   *
   * @return its position, greater than all before, over restarts too; at least 1
   * @throws IllegalStateException if {@link #MAX_IN_FLIGHT} are in flight, or the spool is closed
   */
  long append(SpoolRecord record);

  /**
   * Goes on after {@link SpoolListener#failed}: what is appended from now on is written again.
   * Called by whoever appends, once it has taken note of what was forgotten. Does nothing where
   * nothing failed.
   */
  void resume();

  /**
   * The record is done. On disk within a tenth of a second; a crash before that brings it back. An
   * unknown or settled position is ignored. A position not yet durable may be settled.
   */
  void settle(long position);

  /** As {@link #settle}, and the record becomes a dead letter in the same step. */
  void bury(long position, Burial why);

  /**
   * Reads records that are durable and neither settled nor buried, in order. What was settled a
   * moment ago may still show.
   *
   * @param after only those with a greater position
   * @param most how many
   * @param mostBytes how many bytes of stanzas; but one record at least
   * @return as many as there are, none at the end; fails with {@link SpoolException}
   */
  Mono<List<Spooled>> read(long after, int most, long mostBytes);

  /** As {@link #read}, those at the given positions; without those that are no longer there. */
  Mono<List<Spooled>> readAt(long... positions);

  /** The greatest position given to a record so far, over restarts too; 0 where there was none. */
  long lastPosition();

  /** How it stands. */
  SpoolFigures figures();

  /** What was given up. */
  DeadLetters deadLetters();

  /**
   * Writes what was given to it, and ends. Blocks. What is called afterwards fails, or is ignored
   * where it has no result.
   */
  @Override
  void close();
}
