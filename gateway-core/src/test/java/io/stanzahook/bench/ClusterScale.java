package io.stanzahook.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;

/**
 * A simulation of a large cluster: how evenly skewed conversations load its partitions and workers,
 * and how long conversations wait after a worker died. Time passes in steps of 0.1 s; what comes
 * and what is worked off are rates.
 *
 * <p>Arguments, all optional: stanzas a second, partitions, workers, what one worker can do a
 * second, conversations, the exponent of their skew (0: all alike; 1: Zipf's law), seconds until a
 * death is noticed.
 */
final class ClusterScale {
  private static final int STEPS_A_SECOND = 10;
  private static final int LONGEST = 600 * STEPS_A_SECOND;

  private ClusterScale() {}

  public static void main(String[] args) {
    double rate = argument(args, 0, 1_000_000);
    int partitions = (int) argument(args, 1, 256);
    int workers = (int) argument(args, 2, 21);
    double each = argument(args, 3, 80_000);
    int conversations = (int) argument(args, 4, 5_000_000);
    double skew = argument(args, 5, 0.8);
    double noticed = argument(args, 6, 7);
    double[] load = load(rate, partitions, conversations, skew);
    double[] working = new double[workers];
    for (int i = 0; i < partitions; i++) {
      working[i % workers] += load[i];
    }
    double mean = rate / partitions;
    System.out.printf(
        Locale.ROOT,
        "%,.0f stanzas/s, %d partitions, %d workers of %,.0f/s, %,d conversations, skew %.1f%n",
        rate,
        partitions,
        workers,
        each,
        conversations,
        skew);
    System.out.printf(
        Locale.ROOT,
        "busiest partition: %.2f times the mean%nbusiest worker: %.0f%% used; all: %.0f%%%n",
        max(load) / mean,
        100 * max(working) / each,
        100 * rate / (workers * each));
    death(load, workers, each, noticed);
  }

  private static double argument(String[] args, int index, double usual) {
    return index < args.length ? Double.parseDouble(args[index]) : usual;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }

  /** What comes to each partition: conversation i has a share of 1 / i^skew. */
  private static double[] load(double rate, int partitions, int conversations, double skew) {
    Random random = new Random(1);
    double[] load = new double[partitions];
    double all = 0;
    for (int i = 1; i <= conversations; i++) {
      double share = Math.pow(i, -skew);
      byte[] key =
          "u%d@%d.example\0bot@gw.example"
              .formatted(i, random.nextInt(1000))
              .getBytes(StandardCharsets.UTF_8);
      load[Utils.toPositive(Utils.murmur2(key)) % partitions] += share;
      all += share;
    }
    for (int i = 0; i < partitions; i++) {
      load[i] *= rate / all;
    }
    return load;
  }

  /** The busiest worker dies; its partitions go to the others in turn once that is noticed. */
  private static void death(double[] load, int workers, double each, double noticed) {
    int dead = 0;
    double[] working = new double[workers];
    for (int i = 0; i < load.length; i++) {
      working[i % workers] += load[i];
    }
    for (int i = 1; i < workers; i++) {
      dead = working[i] > working[dead] ? i : dead;
    }
    double orphans = working[dead];
    double[] next = working.clone();
    double[] backlog = new double[workers];
    next[dead] = 0;
    int to = 0;
    for (int i = dead; i < load.length; i += workers) {
      to = to % workers == dead ? to + 1 : to;
      next[to % workers] += load[i];
      backlog[to % workers] += load[i] * noticed;
      to++;
    }
    double longest = 0;
    for (int i = 0; i < workers; i++) {
      int steps = 0;
      double left = backlog[i];
      while (left > 0 && steps < LONGEST) {
        left -= (each - next[i]) / STEPS_A_SECOND;
        steps++;
      }
      longest = Math.max(longest, (double) steps / STEPS_A_SECOND);
    }
    System.out.printf(
        Locale.ROOT,
        "the busiest worker dies: %.1f%% of the conversations are silent for %.0f s; "
            + "busiest worker then: %.0f%% used; the backlog is gone %.1f s later%n",
        100 * orphans / Arrays.stream(load).sum(),
        noticed,
        100 * max(next) / each,
        longest);
  }
}
