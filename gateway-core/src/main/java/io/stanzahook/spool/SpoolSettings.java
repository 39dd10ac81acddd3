package io.stanzahook.spool;

import java.nio.file.Path;

/**
 * Where a spool is, and how large it may become.
 *
 * @param folder created where it is missing; for this spool alone
 * @param limit bytes on disk past which it is {@linkplain SpoolFigures#full full}
 * @param maxDeadLetters the most dead letters; beyond it the oldest are discarded
 */
public record SpoolSettings(Path folder, long limit, int maxDeadLetters) {
  /** As many dead letters as are kept unless told otherwise. */
  public static final int MAX_DEAD_LETTERS = 10_000;

  /** Checks the bounds. */
  public SpoolSettings {
    if (limit < 1) {
      throw new IllegalArgumentException("the spool's limit must be at least 1 byte: " + limit);
    }
    if (maxDeadLetters < 0) {
      throw new IllegalArgumentException(
          "the number of dead letters must not be negative: " + maxDeadLetters);
    }
  }

  /** With the usual number of dead letters. */
  public SpoolSettings(Path folder, long limit) {
    this(folder, limit, MAX_DEAD_LETTERS);
  }
}
