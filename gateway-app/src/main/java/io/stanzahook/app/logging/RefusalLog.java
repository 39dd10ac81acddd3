package io.stanzahook.app.logging;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamEvent.Refused;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Logs incoming stanzas that were not read: the first of a sender and reason with all that is known
 * of it, those that follow as a sum at the interval's end. Any user can send as many as they like,
 * under as many names as the server lets them have: so both are bounded.
 *
 * <p>Any thread may call it.
 */
final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger("stream");

  /** After the first stanza: all that is like it until then becomes one line. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Different senders and reasons told apart in one interval; all further ones are one sum. */
  static final int MAX_SENDERS = 20;

  private record Sender(Refusal reason, String from) {}

  private final String component;
  private final Scheduler scheduler;

  /** How many followed the first, by sender, in the order they came. */
  private final Map<Sender, Integer> followers = new LinkedHashMap<>();

  private int others;

  RefusalLog(String component, Scheduler scheduler) {
    this.component = component;
    this.scheduler = scheduler;
  }

  synchronized void refused(Refused refused) {
    Stanza shell = refused.shell();
    String from = shell == null ? "" : Shown.of(shell.from().bare().toString());
    Sender sender = new Sender(refused.reason(), from);
    if (followers.computeIfPresent(sender, (known, count) -> count + 1) != null) {
      return;
    }
    if (followers.size() == MAX_SENDERS) {
      others++;
      return;
    }
    if (followers.isEmpty()) {
      scheduler.schedule(this::intervalEnds, INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }
    followers.put(sender, 0);
    log.warn(
        "{}: {} was not read: {}{}",
        component,
        describe(shell),
        refused.sentence(),
        advice(refused));
  }

  private synchronized void intervalEnds() {
    followers.forEach(
        (sender, count) -> {
          if (count > 0) {
            log.warn(
                "{}: {} more stanzas{} were not read within {} s ({})",
                component,
                count,
                sender.from().isEmpty() ? "" : " from " + sender.from(),
                INTERVAL.toSeconds(),
                sender.reason().label());
          }
        });
    if (others > 0) {
      log.warn(
          "{}: {} more stanzas of other senders were not read within {} s",
          component,
          others,
          INTERVAL.toSeconds());
    }
    followers.clear();
    others = 0;
  }

  private static String describe(@Nullable Stanza shell) {
    if (shell == null) {
      return "a stanza";
    }
    String id = shell.id();
    return "%s%s from %s to %s"
        .formatted(
            shell.kind().elementName(),
            id == null ? "" : " '" + Shown.of(id) + "'",
            Shown.of(shell.from().toString()),
            Shown.of(shell.to().toString()));
  }

  private static String advice(Refused refused) {
    String setting = refused.reason().setting();
    return setting == null
        ? ""
        : " Its sender is told so, where that may be; --%s is the limit.".formatted(setting);
  }
}
