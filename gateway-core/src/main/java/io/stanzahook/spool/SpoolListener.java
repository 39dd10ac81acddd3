package io.stanzahook.spool;

/**
 * Observes what happens to the records of a spool. It is called by one thread at a time: the one
 * that opens the spool, and after that the spool's writing thread. It must be quick, because
 * nothing is written in the meantime, and must not throw.
 */
public interface SpoolListener {

  /**
   * Records are on disk: all up to this position that were not reported before, appended and
   * redelivered ones. There is one call for each batch.
   */
  void durable(long upTo);

  /**
   * Records could not be written, because the disk is full or failed. No record from this position
   * on, and none that is appended before {@link Spool#resume}, is on disk, and the spool has
   * forgotten them. Durable records are not affected. Called once until {@code resume}.
   *
   * <p>If the disk failed in the middle, one of them may still be found after a restart.
   */
  void failed(long from, SpoolException cause);

  /** The limit of bytes was reached, or there is room again. At first there is room. */
  default void full(boolean full) {}

  /** There were too many dead letters: this many, the oldest ones, were discarded. */
  default void deadLettersDiscarded(int count) {}

  /**
   * Something on disk cannot be read; everything else can. Damaged data is set aside, never
   * deleted. When opening, it may be the end of what was written when the power failed.
   */
  default void damaged(SpoolException what) {}

  /**
   * The folder or files were open to other users of the machine, and are now closed to them, or
   * could not be closed.
   *
   * @param what a sentence that names them
   */
  default void closed(String what) {}

  /**
   * Opening takes a while.
   *
   * @param bytes how many were read
   * @param of how many there are
   */
  default void recovering(long bytes, long of) {}
}
