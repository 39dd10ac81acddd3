package io.stanzahook.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What a measuring program prints: one line of JSON for a stretch of time. */
final class Measure {
  private final com.sun.management.OperatingSystemMXBean system =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final com.sun.management.ThreadMXBean threads =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long cpu = system.getProcessCpuTime();
  private final long allocated = allocated();
  private final long collecting = collecting();
  private final long start = System.nanoTime();

  private long allocated() {
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }

  /** Milliseconds. */
  private static long collecting() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(collector -> Math.max(0, collector.getCollectionTime()))
        .sum();
  }

  /** The line, for that many things done since this was created. */
  String line(long count, Histogram latency) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "{\"count\":%d,\"seconds\":%.3f,\"rate\":%.0f,\"cpu_us\":%.2f,\"alloc_bytes\":%.0f,"
            + "\"gc_share\":%.5f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f}",
        count,
        seconds,
        count / seconds,
        (system.getProcessCpuTime() - cpu) / 1e3 / count,
        (double) (allocated() - allocated) / count,
        (collecting() - collecting) / 1e3 / seconds,
        latency.getValueAtPercentile(50) / 1e3,
        latency.getValueAtPercentile(99) / 1e3,
        latency.getValueAtPercentile(99.9) / 1e3,
        latency.getMaxValue() / 1e3);
  }
}
