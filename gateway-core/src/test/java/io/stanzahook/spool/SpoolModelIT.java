package io.stanzahook.spool;

import static io.stanzahook.spool.SpoolFixture.WHY;
import static io.stanzahook.spool.SpoolFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** That any sequence of steps leaves on disk what a simple model says. */
class SpoolModelIT {
  private static final int MAX_DEAD = 4;

  /** What is done; {@code pick} says to which of those there are. */
  record Step(What what, int pick) {}

  enum What {
    APPEND,
    SETTLE,
    BURY,
    REDELIVER,
    REDELIVER_SOME,
    DISCARD,
    DISCARD_SOME,
    REOPEN
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<What> what =
        Arbitraries.frequency(
            Tuple.of(12, What.APPEND),
            Tuple.of(6, What.SETTLE),
            Tuple.of(5, What.BURY),
            Tuple.of(2, What.REDELIVER),
            Tuple.of(1, What.REDELIVER_SOME),
            Tuple.of(1, What.DISCARD),
            Tuple.of(1, What.DISCARD_SOME),
            Tuple.of(1, What.REOPEN));
    return Combinators.combine(what, Arbitraries.integers().between(0, 1000))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
  void anySequenceOfStepsIsOnDisk(@ForAll("steps") List<Step> steps) throws IOException {
    Path folder = Files.createTempDirectory("spool-model");
    Run run = new Run(folder);
    try {
      steps.forEach(run::step);
      run.check();
      run.reopen();
      run.check();
    } finally {
      run.spool.close();
      deleteAll(folder);
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A spool beside its model. */
  private static final class Run {
    private final Path folder;
    private final NavigableMap<Long, KeptStanza> records = new TreeMap<>();
    private final NavigableMap<Long, KeptStanza> dead = new TreeMap<>();
    private RecordingListener told = new RecordingListener();
    private DiskSpool spool;
    private int discarded;
    private int count;
    private long last;

    Run(Path folder) {
      this.folder = folder;
      open();
    }

    private void open() {
      told = new RecordingListener();
      discarded = 0;
      spool = DiskSpool.open(new SpoolSettings(folder, Long.MAX_VALUE, MAX_DEAD), told);
    }

    void step(Step step) {
      switch (step.what()) {
        case APPEND -> append(step.pick());
        case SETTLE ->
            picked(records, step)
                .forEach(
                    position -> {
                      spool.settle(position);
                      records.remove(position);
                    });
        case BURY ->
            picked(records, step)
                .forEach(
                    position -> {
                      spool.bury(position, WHY);
                      dead.put(position, records.remove(position));
                      if (step.pick() % 2 == 0) {
                        append(step.pick());
                      }
                      boundDead();
                    });
        case REDELIVER -> {
          barrier();
          picked(dead, step)
              .forEach(
                  position -> {
                    KeptStanza record = dead.remove(position);
                    long again = spool.deadLetters().redeliver(record.webhookId()).block();
                    added(again, record.again());
                  });
        }
        case REDELIVER_SOME -> {
          barrier();
          List<Long> chosen = dead.keySet().stream().filter(p -> p % 2 == step.pick() % 2).toList();
          assertThat(
                  spool
                      .deadLetters()
                      .redeliverAll(l -> l.position() % 2 == step.pick() % 2)
                      .block())
              .isEqualTo(chosen.size());
          long again = spool.lastPosition() - chosen.size();
          for (long position : chosen) {
            added(++again, dead.remove(position).again());
          }
        }
        case DISCARD -> {
          barrier();
          picked(dead, step)
              .forEach(
                  position ->
                      assertThat(
                              spool
                                  .deadLetters()
                                  .discard(dead.remove(position).webhookId())
                                  .block())
                          .isTrue());
        }
        case DISCARD_SOME -> {
          barrier();
          List<Long> chosen = dead.keySet().stream().filter(p -> p % 3 == step.pick() % 3).toList();
          assertThat(
                  spool.deadLetters().discardAll(l -> l.position() % 3 == step.pick() % 3).block())
              .isEqualTo(chosen.size());
          chosen.forEach(dead::remove);
        }
        case REOPEN -> reopen();
      }
    }

    private void append(int pick) {
      KeptStanza record = record("id" + ++count, pick);
      added(spool.append(record), record);
    }

    private void added(long position, KeptStanza record) {
      assertThat(position).isGreaterThan(last);
      last = position;
      records.put(position, record);
    }

    /**
     * The spool bounds them once a transaction, so that which are discarded is not known between.
     */
    private void boundDead() {
      barrier();
      while (dead.size() > MAX_DEAD) {
        dead.pollFirstEntry();
        discarded++;
      }
    }

    private static List<Long> picked(NavigableMap<Long, KeptStanza> from, Step step) {
      return from.keySet().stream()
          .skip(from.isEmpty() ? 0 : step.pick() % from.size())
          .limit(1)
          .toList();
    }

    /** All that was asked for is written once this returns. */
    private void barrier() {
      append(1);
      told.awaitDurable(last);
    }

    void reopen() {
      spool.close();
      open();
      assertThat(told.damages()).isEmpty();
    }

    void check() {
      barrier();
      List<Spooled> expected = new ArrayList<>();
      records.forEach((position, record) -> expected.add(new Spooled(position, record)));
      assertThat(spool.read(0, 10_000, Long.MAX_VALUE).block()).isEqualTo(expected);
      List<DeadLetter> letters = new ArrayList<>();
      dead.descendingMap()
          .forEach((position, record) -> letters.add(new DeadLetter(position, record, WHY)));
      assertThat(spool.deadLetters().newest(Long.MAX_VALUE, 100).block()).isEqualTo(letters);
      assertThat(told.discarded()).isEqualTo(discarded);
      JournalFigures figures = spool.figures();
      assertThat(figures.depth()).isEqualTo(records.size());
      assertThat(figures.deadLetters()).isEqualTo(dead.size());
      assertThat(figures.oldestReceivedAt())
          .isEqualTo(records.firstEntry().getValue().receivedAt());
    }
  }
}
