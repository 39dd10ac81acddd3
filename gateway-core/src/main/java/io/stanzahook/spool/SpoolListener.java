package io.stanzahook.spool;

/**
 * Is told what becomes of what a spool was given. Called by one thread at a time: the one that
 * opens the spool until that is done, then the spool's writing thread. Must be quick, since nothing
 * is written meanwhile, and must not throw.
 */
public interface SpoolListener {

  /**
   * Records are on disk: all up to this position that were not told of before, appended and
   * redelivered ones. One call for a batch of them.
   */
  void durable(long upTo);

  /**
   * Records could not be written (the disk is full or failed): none from this position on, and none
   * that is appended before {@link Spool#resume}, is on disk, and the spool has forgotten them.
   * What was told durable is not touched. Called once until {@code resume}.
   *
   * <p>Where the disk failed in the middle, one of them may be found on it after a restart all the
   * same.
   */
  void failed(long from, SpoolException cause);

  /** The limit of bytes was reached, or there is room again. At first there is room. */
  default void full(boolean full) {}

  /** There were more dead letters than may be kept: this many, the oldest, were discarded. */
  default void deadLettersDiscarded(int count) {}

  /**
   * Something on disk cannot be read; all else can. What is damaged is put aside, never deleted.
   * When opening, it may be the end of what was being written as the power failed.
   */
  default void damaged(SpoolException what) {}

  /**
   * The folder or files were open to other users of the machine, and are closed to them now, or
   * could not be.
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
