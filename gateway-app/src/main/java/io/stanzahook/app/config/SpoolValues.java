package io.stanzahook.app.config;

import io.stanzahook.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads where the spool is, and what follows from there being one. */
final class SpoolValues {
  /** {@code --retry-for} where there is a spool: a webhook may be down for a long weekend. */
  static final Duration RETRY_FOR = Duration.ofDays(3);

  private static final List<Option<?>> NEED_SPOOL =
      List.of(SpoolOptions.SPOOL_LIMIT, SpoolOptions.DEAD_LETTERS);

  private SpoolValues() {}

  /** Notes what is given in vain. */
  static void check(OptionValues values, InVain inVain) {
    if (values.source(SpoolOptions.SPOOL) != null) {
      return;
    }
    for (Option<?> option : NEED_SPOOL) {
      Source source = values.source(option);
      if (source != null) {
        inVain.note(
            source,
            "does nothing without a spool; give %s too, or leave %s out"
                .formatted(SpoolOptions.SPOOL.flag(), option.flag()));
      }
    }
  }

  /**
   * The settings, or null where messages are not kept. Of a folder given for all components of a
   * list, each has the one below that is called as its domain.
   */
  static @Nullable SpoolSettings read(OptionValues values, boolean listed) {
    Path folder = values.find(SpoolOptions.SPOOL);
    Source source = values.source(SpoolOptions.SPOOL);
    Long limit = values.find(SpoolOptions.SPOOL_LIMIT);
    Integer deadLetters = values.find(SpoolOptions.DEAD_LETTERS);
    if (folder == null || source == null || limit == null || deadLetters == null) {
      return null;
    }
    boolean own = !listed || source.layer() == Source.Layer.ENTRY;
    return new SpoolSettings(
        own ? folder : folder.resolve(values.get(RunOptions.COMPONENT)), limit, deadLetters);
  }

  /** How long to go on trying. */
  static Duration retryFor(OptionValues values) {
    boolean given = values.source(RunOptions.RETRY_FOR) != null;
    return given || values.source(SpoolOptions.SPOOL) == null
        ? values.get(RunOptions.RETRY_FOR)
        : RETRY_FOR;
  }
}
