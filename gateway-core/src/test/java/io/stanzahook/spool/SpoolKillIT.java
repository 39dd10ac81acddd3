package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.KeptStanza;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 while a process appends and settles, again and again on one folder. */
class SpoolKillIT {
  /** More by {@code -Dspool.kills}. */
  private static final int ROUNDS = Integer.getInteger("spool.kills", 4);

  private static final int MAX_DEAD = 1_000_000;

  @TempDir Path folder;

  /** Positions that must be there; those that may be. */
  private final Set<Long> expected = new HashSet<>();

  private final Set<Long> possible = new HashSet<>();
  private final Map<Long, Long> gone = new HashMap<>();
  private long told;

  @Test
  void whatWasToldDurableIsThereAndWhatWasSettledIsNot() throws Exception {
    Random random = new Random(7);
    for (int round = 1; round <= ROUNDS; round++) {
      run(1L + 10_000_000L * round, 40 + random.nextInt(400));
      check(round);
    }
  }

  /** Lets a process work until it has said so many lines, kills it, and reads the rest. */
  private void run(long firstNumber, int lines) throws IOException, InterruptedException {
    gone.clear();
    Process child = SpoolChild.start(folder, firstNumber);
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      for (int i = 0; line != null; i++, line = out.readLine()) {
        note(line);
        if (i == lines) {
          // Not by the process itself, which would close what is still to be read.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor()).as("killed").isEqualTo(137);
  }

  private void note(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case "O" -> told = Long.parseLong(words[1]);
      case "D" -> {
        for (long upTo = Long.parseLong(words[1]); told < upTo; ) {
          expected.add(++told);
        }
      }
      case "S", "B" -> gone.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
      default -> {
        // Cut off as it was killed.
      }
    }
  }

  private void check(int round) {
    // What was settled before a record that is durable is settled on disk; else it may be.
    gone.forEach(
        (position, last) -> {
          expected.remove(position);
          if (last >= told) {
            possible.add(position);
          }
        });
    RecordingListener listener = new RecordingListener();
    Map<Long, KeptStanza> found = new TreeMap<>();
    try (DiskSpool spool =
        DiskSpool.open(new SpoolSettings(folder, Long.MAX_VALUE, MAX_DEAD), listener)) {
      long before = 0;
      List<Spooled> page = spool.read(0, 1000, Long.MAX_VALUE).block();
      while (!page.isEmpty()) {
        for (Spooled each : page) {
          assertThat(each.position()).isGreaterThan(before);
          before = each.position();
          KeptStanza record = each.record();
          assertThat(record)
              .isEqualTo(SpoolChild.record(Long.parseLong(record.webhookId().substring(1))));
          found.put(before, record);
        }
        page = spool.read(before, 1000, Long.MAX_VALUE).block();
      }
      assertThat(spool.figures().depth()).isEqualTo(found.size());
      assertThat(spool.figures().deadLetters())
          .isEqualTo(spool.deadLetters().newest(Long.MAX_VALUE, MAX_DEAD).block().size());
      assertThat(spool.lastPosition()).isGreaterThanOrEqualTo(told);
    }
    assertThat(listener.damages()).isEmpty();
    Set<Long> lost = new HashSet<>(expected);
    lost.removeAll(found.keySet());
    assertThat(lost).as("lost in round " + round).isEmpty();
    Set<Long> back = new HashSet<>(found.keySet());
    back.removeAll(expected);
    back.removeAll(possible);
    // Written, but not told any more.
    back.removeIf(position -> position > told);
    assertThat(back).as("settled and back in round " + round).isEmpty();
    expected.clear();
    expected.addAll(found.keySet());
    possible.clear();
  }
}
