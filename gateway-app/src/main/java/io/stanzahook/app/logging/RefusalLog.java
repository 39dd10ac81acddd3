package io.stanzahook.app.logging;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamEvent.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs incoming stanzas that were not read: the first one of each sender and reason with all
 * details, and the following ones as a sum.
 *
 * <p>Any thread may call it.
 */
final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger("stream");

  private record Sender(Refusal reason, String from) implements Comparable<Sender> {
    @Override
    public int compareTo(Sender other) {
      int order = from.compareTo(other.from);
      return order == 0 ? reason.compareTo(other.reason) : order;
    }
  }

  private final String component;
  private final FloodGate<Sender> gate;

  RefusalLog(String component, Intervals intervals) {
    this.component = component;
    this.gate = new FloodGate<>(1, intervals, new Sums());
  }

  void refused(Refused refused) {
    Stanza shell = refused.shell();
    String from = shell == null ? "" : LogText.of(shell.from().bare().toString());
    if (gate.passes(new Sender(refused.reason(), from))) {
      Fields.at(log.atWarn(), component)
          .stanza(shell)
          .with("reason", refused.reason().label())
          .log(
              "%s was not read: %s%s"
                  .formatted(describe(shell), refused.sentence(), advice(refused)));
    }
  }

  private final class Sums implements FloodGate.Sums<Sender> {
    @Override
    public void more(Sender sender, int count) {
      Fields.at(log.atWarn(), component)
          .with("reason", sender.reason().label())
          .with("count", count)
          .log(
              "%d more stanzas%s were not read within %d s (%s)"
                  .formatted(
                      count,
                      sender.from().isEmpty() ? "" : " from " + sender.from(),
                      FloodGate.INTERVAL.toSeconds(),
                      sender.reason().label()));
    }

    @Override
    public void others(int count) {
      Fields.at(log.atWarn(), component)
          .with("count", count)
          .log(
              "%d more stanzas of other senders were not read within %d s"
                  .formatted(count, FloodGate.INTERVAL.toSeconds()));
    }
  }

  private static String describe(@Nullable Stanza shell) {
    if (shell == null) {
      return "a stanza";
    }
    String id = shell.id();
    return "%s%s from %s to %s"
        .formatted(
            shell.kind().elementName(),
            id == null ? "" : " '" + LogText.of(id) + "'",
            LogText.of(shell.from().toString()),
            LogText.of(shell.to().toString()));
  }

  private static String advice(Refused refused) {
    String setting = refused.reason().setting();
    return setting == null
        ? ""
        : " Its sender is told, if errors may be sent there; --%s is the limit.".formatted(setting);
  }
}
