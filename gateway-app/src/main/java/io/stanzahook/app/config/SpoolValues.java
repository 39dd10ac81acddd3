package io.stanzahook.app.config;

import io.stanzahook.component.ComponentSettings;
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
  static void check(OptionValues values, Problems problems) {
    if (values.source(SpoolOptions.SPOOL) != null) {
      return;
    }
    for (Option<?> option : NEED_SPOOL) {
      Source source = values.source(option);
      if (source != null) {
        problems.add(
            source,
            "does nothing without a spool; give %s too, or leave %s out"
                .formatted(SpoolOptions.SPOOL.flag(), option.flag()));
      }
    }
  }

  /** The settings, or null where messages are not kept. */
  static @Nullable SpoolSettings read(OptionValues values) {
    Path folder = values.find(SpoolOptions.SPOOL);
    return folder == null
        ? null
        : new SpoolSettings(
            folder, values.get(SpoolOptions.SPOOL_LIMIT), values.get(SpoolOptions.DEAD_LETTERS));
  }

  /** How long to go on trying. */
  static Duration retryFor(OptionValues values) {
    boolean given = values.source(RunOptions.RETRY_FOR) != null;
    return given || values.source(SpoolOptions.SPOOL) == null
        ? values.get(RunOptions.RETRY_FOR)
        : RETRY_FOR;
  }

  /** How long a reply waits for the stream: as long as its message would be tried. */
  static Duration maxPendingAge(OptionValues values) {
    Duration usual = ComponentSettings.DEFAULT_MAX_PENDING_AGE;
    Duration retryFor = retryFor(values);
    return values.source(SpoolOptions.SPOOL) != null && retryFor.compareTo(usual) > 0
        ? retryFor
        : usual;
  }
}
