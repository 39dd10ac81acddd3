package io.stanzahook.app.config;

import io.stanzahook.spool.SpoolSettings;
import java.nio.file.Path;

/** Those of the {@link RunOptions} that are about the spool. */
final class SpoolOptions {
  private static final long MOST_SPOOLED = 100_000L << 30;

  static final Option<Path> SPOOL =
      Option.withoutDefault(
          "spool",
          "DIR",
          "none",
          ValueParsers.file(),
          "keeps messages on disk, in this folder, until their webhook call is settled: they survive"
              + " a crash; what is given up is kept as a dead letter");

  static final Option<Long> SPOOL_LIMIT =
      Option.of(
          "spool-limit",
          "BYTES",
          "10GiB",
          ValueParsers.largeSize(1024 * 1024, MOST_SPOOLED),
          "with `--spool`, as much is kept at most, dead letters included; then `--overload` says"
              + " what happens");

  static final Option<Integer> DEAD_LETTERS =
      Option.of(
          "dead-letters",
          "N",
          Integer.toString(SpoolSettings.MAX_DEAD_LETTERS),
          ValueParsers.number(0, 10_000_000),
          "with `--spool`, as many dead letters are kept at most; beyond it the oldest are deleted");

  private SpoolOptions() {}
}
