package io.stanzahook.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures one store, for {@code scripts/spool-bench}. Arguments: {@code name=value}; prints lines
 * of JSON.
 */
public final class StoreBench {
  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Batches between a record's commit and its settling: the webhook takes its time. */
  private static final int LAG = 8;

  private final String name;
  private final Path folder;
  private final int bytes;
  private final int batch;

  private StoreBench(String name, Path folder, int bytes, int batch) {
    this.name = name;
    this.folder = folder;
    this.bytes = bytes;
    this.batch = batch;
  }

  /** The value that belongs to a position; each byte depends on it. */
  private byte[] value(long position) {
    byte[] value = new byte[bytes];
    ByteBuffer buffer = ByteBuffer.wrap(value);
    long state = position * 0x9E3779B97F4A7C15L;
    while (buffer.remaining() >= 8) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      buffer.putLong(state);
    }
    return value;
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private long size() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(StoreBench::size).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return (Long) Files.getAttribute(file, "size");
    } catch (IOException e) {
      return 0; // It was deleted meanwhile.
    }
  }

  /** Appends and settles for a while; at a rate, or as fast as it goes. */
  private void rate(double warmup, double seconds, int rate) throws Exception {
    Deque<List<Long>> unsettled = new ArrayDeque<>();
    try (Store store = Store.open(name, folder)) {
      long next = 1;
      long count = 0;
      long commits = 0;
      long cpu = 0;
      long begin = System.nanoTime();
      long measured = 0;
      long maintained = begin;
      boolean warm = false;
      while (true) {
        long now = System.nanoTime();
        if (!warm && now - begin > warmup * 1e9) {
          warm = true;
          cpu = SYSTEM.getProcessCpuTime();
          measured = now;
          count = 0;
          commits = 0;
        }
        if (warm && now - measured > seconds * 1e9) {
          break;
        }
        long due = rate == 0 ? batch : (long) ((now - begin) / 1e9 * rate) - next + 1;
        if (due < batch) {
          LockSupport.parkNanos(200_000);
          continue;
        }
        List<Store.Entry> added = new ArrayList<>(batch);
        List<Long> positions = new ArrayList<>(batch);
        for (int i = 0; i < batch; i++) {
          added.add(new Store.Entry(next, value(next)));
          positions.add(next++);
        }
        unsettled.add(positions);
        List<Long> removed = unsettled.size() > LAG ? unsettled.remove() : List.of();
        store.commit(added, removed);
        count += batch;
        commits++;
        if (now - maintained > 1e9) {
          maintained = now;
          store.maintain();
        }
      }
      double took = (System.nanoTime() - measured) / 1e9;
      print(
          "{\"rate\":%.0f,\"cpu_us\":%.2f,\"commits\":%.0f,\"disk\":%d}",
          count / took,
          (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / count,
          commits / took,
          size());
      while (!unsettled.isEmpty()) {
        store.commit(
            List.of(new Store.Entry(next, value(next))), unsettled.remove());
        store.commit(List.of(), List.of(next++));
      }
    }
    print("{\"disk_closed\":%d}", size());
  }

  /** Appends that many, and dies without closing. */
  private void fill(long records) throws Exception {
    Store store = Store.open(name, folder);
    long begin = System.nanoTime();
    for (long next = 1; next <= records; ) {
      List<Store.Entry> added = new ArrayList<>(batch);
      while (added.size() < batch && next <= records) {
        added.add(new Store.Entry(next, value(next)));
        next++;
      }
      store.commit(added, List.of());
    }
    double took = (System.nanoTime() - begin) / 1e9;
    print(
        "{\"fill_rate\":%.0f,\"fill_cpu_us\":%.2f,\"disk_full\":%d}",
        records / took, SYSTEM.getProcessCpuTime() / 1e3 / records, size());
    Runtime.getRuntime().halt(0);
  }

  /** Opens a backlog, reads it all in pages, then settles it all. */
  private void drain() throws Exception {
    long begin = System.nanoTime();
    long[] seen = new long[2];
    Store store = Store.open(name, folder);
    try {
      store.read(0, 1, (position, value) -> seen[0] = position);
    } catch (UnsupportedOperationException e) {
      store.readAll((position, value) -> seen[0] = position);
    }
    print("{\"open_seconds\":%.2f}", (System.nanoTime() - begin) / 1e9);
    begin = System.nanoTime();
    long cpu = SYSTEM.getProcessCpuTime();
    long after = 0;
    long read = 0;
    List<Long> page = new ArrayList<>();
    while (true) {
      page.clear();
      int got;
      try {
        got = store.read(after, 1000, (position, value) -> page.add(position));
      } catch (UnsupportedOperationException e) {
        break;
      }
      if (got == 0) {
        break;
      }
      read += got;
      after = page.get(page.size() - 1);
    }
    double took = (System.nanoTime() - begin) / 1e9;
    print(
        "{\"read\":%d,\"read_rate\":%.0f,\"read_cpu_us\":%.2f}",
        read, read / took, (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / Math.max(1, read));
    begin = System.nanoTime();
    cpu = SYSTEM.getProcessCpuTime();
    long last = Math.max(seen[0], after);
    for (long next = 1; next <= last; ) {
      List<Long> removed = new ArrayList<>();
      while (removed.size() < batch && next <= last) {
        removed.add(next++);
      }
      store.commit(List.of(), removed);
      if (next % (100L * batch) < batch) {
        store.maintain();
      }
    }
    took = (System.nanoTime() - begin) / 1e9;
    print(
        "{\"settle_rate\":%.0f,\"settle_cpu_us\":%.2f,\"disk_settled\":%d}",
        last / took, (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / last, size());
    for (int i = 0; i < 10; i++) {
      store.maintain();
    }
    store.close();
    print("{\"disk_closed\":%d}", size());
    store = Store.open(name, folder);
    store.maintain();
    store.close();
    print("{\"disk_reopened\":%d}", size());
  }

  /** Opens what was damaged, and counts what is there and what is not as it was. */
  private void verify(long records) {
    boolean[] there = new boolean[(int) records + 1];
    long[] wrong = {0, 0};
    String error = "";
    try (Store store = Store.open(name, folder)) {
      store.readAll(
          (position, value) -> {
            if (position < 1 || position > records) {
              wrong[1]++;
            } else if (Arrays.equals(value, value(position))) {
              there[position.intValue()] = true;
            } else {
              wrong[0]++;
            }
          });
    } catch (Exception | Error e) {
      error = e.toString().lines().findFirst().orElse("").replace('"', '\'').replace('\\', '/');
    }
    long right = 0;
    for (boolean one : there) {
      right += one ? 1 : 0;
    }
    print(
        "{\"right\":%d,\"wrong\":%d,\"unknown\":%d,\"error\":\"%s\"}",
        right, wrong[0], wrong[1], error.substring(0, Math.min(300, error.length())));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  /** Runs one measurement. */
  public static void main(String[] args) throws Exception {
    var values = new java.util.HashMap<String, String>();
    for (String arg : args) {
      values.put(arg.split("=", 2)[0], arg.split("=", 2)[1]);
    }
    Path folder = Path.of(values.get("folder"));
    Files.createDirectories(folder);
    StoreBench bench =
        new StoreBench(
            values.get("store"),
            folder,
            Integer.parseInt(values.getOrDefault("bytes", "250")),
            Integer.parseInt(values.getOrDefault("batch", "128")));
    switch (values.get("mode")) {
      case "rate" ->
          bench.rate(
              Double.parseDouble(values.getOrDefault("warmup", "5")),
              Double.parseDouble(values.getOrDefault("seconds", "10")),
              Integer.parseInt(values.getOrDefault("rate", "0")));
      case "fill" -> bench.fill(Long.parseLong(values.get("records")));
      case "drain" -> bench.drain();
      case "verify" -> bench.verify(Long.parseLong(values.get("records")));
      default -> throw new IllegalArgumentException(values.get("mode"));
    }
  }
}
