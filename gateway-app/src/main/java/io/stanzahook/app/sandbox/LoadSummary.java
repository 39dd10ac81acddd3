package io.stanzahook.app.sandbox;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The result of a load.
 *
 * @param count messages asked for
 * @param rate messages a second asked for
 * @param sent messages that were sent
 * @param answered messages with a reply
 * @param errors messages with an error, or whose reply was not sent
 * @param silent messages to which the webhook chose not to reply
 * @param surplus stanzas that answer no message, or one that was answered before
 * @param nanos from the time when the first message was due to the last reply
 * @param latencies of replies, in microseconds
 * @param later latencies of the second half of the messages
 */
record LoadSummary(
    int count,
    int rate,
    int sent,
    long answered,
    long errors,
    long silent,
    long surplus,
    long nanos,
    Histogram latencies,
    Histogram later) {

  /** Messages that nothing came back for. */
  long lost() {
    return Math.max(0, count - answered - errors - silent);
  }

  /** Whether every message was answered as it should be. */
  boolean isComplete() {
    return errors == 0 && lost() == 0;
  }

  /** As lines of text. */
  String text() {
    StringBuilder out = new StringBuilder();
    out.append(line("messages", "%d at %d/s".formatted(count, rate)));
    out.append(
        line(
            "answered",
            "%d in %s, %s/s"
                .formatted(
                    answered, decimal("%.2f s", nanos / 1e9), decimal("%.1f", perSecond()))));
    out.append(line("errors", Long.toString(errors)));
    if (silent > 0) {
      out.append(line("no reply", silent + ", as the webhook wanted"));
    }
    if (surplus > 0) {
      out.append(line("surplus", surplus + " stanzas that answer no message, or answer one again"));
    }
    out.append(line("lost", Long.toString(lost())));
    if (answered > 0) {
      out.append(line("latency", percentiles(latencies)));
      out.append(line("", "from the moment each message was due to its reply"));
    }
    if (later.getTotalCount() > 0) {
      out.append(line("later half", percentiles(later)));
      out.append(line("", "of the messages: by then the JVM is warmer"));
    }
    return out.toString();
  }

  private static String percentiles(Histogram of) {
    return "p50 %s, p90 %s, p99 %s, p99.9 %s, max %s"
        .formatted(at(50, of), at(90, of), at(99, of), at(99.9, of), at(100, of));
  }

  private double perSecond() {
    return nanos <= 0 ? 0 : answered * 1e9 / nanos;
  }

  private static String at(double percentile, Histogram of) {
    return decimal("%.2f ms", of.getValueAtPercentile(percentile) / 1e3);
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String line(String label, String text) {
    return "%-11s %s%n".formatted(label, text);
  }
}
