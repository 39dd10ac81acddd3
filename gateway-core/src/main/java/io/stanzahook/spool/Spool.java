package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Records in the order of their positions, which survive a crash. A record is appended, reported as
 * durable to the {@link SpoolListener}, read as often as needed, and finally settled or buried,
 * once.
 *
 * <p>Only {@link #close} blocks. Threads: see the package.
 */
public interface Spool extends AutoCloseable {
  /**
   * The maximum number of records that are appended and not yet reported as durable or failed. This
   * is a hard limit on memory, in case the limit of the caller is wrong.
   */
  int MAX_IN_FLIGHT = 65_536;

  /**
   * Adds a record at the tail. Records that arrive while the disk is busy are written and
   * synchronised together, and then reported by {@link SpoolListener#durable}. The limit of bytes
   * refuses nothing: callers must observe {@link SpoolListener#full}, and limit what is in flight.
   *
   * @return its position, higher than all before, even across restarts; at least 1
   * @throws IllegalStateException if {@link #MAX_IN_FLIGHT} are in flight, or the spool is closed
   */
  long append(KeptStanza record);

  /**
   * Continues after {@link SpoolListener#failed}: records that are appended from now on are written
   * again. The caller of {@link #append} calls this after it has noted what was forgotten. Does
   * nothing if nothing failed.
   */
  void resume();

  /**
   * Marks a record as done. This is on disk within a tenth of a second, and a crash before that
   * brings the record back. An unknown or settled position is ignored. A position that is not yet
   * durable may be settled.
   */
  void settle(long position);

  /** Like {@link #settle}, and the record becomes a dead letter in the same step. */
  void bury(long position, Burial why);

  /**
   * Reads records that are durable and neither settled nor buried, in order. Records that were
   * settled a moment ago may still appear.
   *
   * @param after only those with a higher position
   * @param most how many
   * @param mostBytes the maximum number of bytes of stanzas, but at least one record
   * @return as many as there are, none at the end; fails with {@link SpoolException}
   */
  Mono<List<Spooled>> read(long after, int most, long mostBytes);

  /** Like {@link #read}, for the given positions, without those that are no longer there. */
  Mono<List<Spooled>> readAt(long... positions);

  /** The highest position of a record so far, even across restarts; 0 if there was none. */
  long lastPosition();

  /** The current figures. */
  JournalFigures figures();

  /** The dead letters. */
  DeadLetters deadLetters();

  /**
   * Writes everything that is queued, and ends. Blocks. Later calls fail, or are ignored if they
   * have no result.
   */
  @Override
  void close();
}
