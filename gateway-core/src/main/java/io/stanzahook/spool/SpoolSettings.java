package io.stanzahook.spool;

import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.settings.Setting;
import java.nio.file.Path;

/**
 * Where a spool is, and how large it may become.
 *
 * @param folder created if it is missing; for this spool alone
 * @param limit bytes on disk above which it is {@linkplain JournalFigures#full full}
 * @param maxDeadLetters the maximum number of dead letters; beyond it, the oldest are discarded
 */
public record SpoolSettings(
    @Setting(
            name = "spool",
            value = "DIR",
            inSandbox = false,
            noun = "a spool",
            help =
                "keeps messages on disk, in this folder, until they are delivered, so that they "
                    + "survive a crash; a message that fails is kept as a dead letter")
        Path folder,
    @Setting(
            name = "spool-limit",
            value = "BYTES",
            fallback = "10GiB",
            min = 1 << 20,
            max = 100_000L << 30,
            inSandbox = false,
            help =
                "with `--spool`: maximum size on disk, including dead letters; beyond it, "
                    + "`--overload` decides")
        long limit,
    @Setting(
            name = "dead-letters",
            value = "N",
            fallback = "" + SpoolSettings.MAX_DEAD_LETTERS,
            max = 10_000_000,
            inSandbox = false,
            help =
                "with `--spool`: maximum number of dead letters; beyond it, the oldest are "
                    + "deleted")
        int maxDeadLetters) {
  /** The default of the maximum number of dead letters. */
  public static final int MAX_DEAD_LETTERS = 10_000;

  /** With the usual number of dead letters. */
  public SpoolSettings(Path folder, long limit) {
    this(folder, limit, MAX_DEAD_LETTERS);
  }
}
