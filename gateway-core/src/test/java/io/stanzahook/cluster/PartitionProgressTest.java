package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {
  /** Offsets with gaps, as a log has them. */
  private static List<Long> offsets(long first, int count, Random random) {
    List<Long> offsets = new ArrayList<>();
    long next = first;
    for (int i = 0; i < count; i++) {
      next += random.nextInt(10) == 0 ? 1 + random.nextInt(500) : 1;
      offsets.add(next);
    }
    return offsets;
  }

  /** Whatever ends in whatever order, and whenever the worker dies. */
  @Property(tries = 300)
  void nothingUnfinishedIsBelowTheCommit_andWhatIsFinishedIsNotWorkedOnAgain(
      @ForAll @LongRange(min = 0, max = 1L << 40) long first,
      @ForAll @IntRange(min = 0, max = 3000) int count,
      @ForAll @IntRange(min = 1, max = 400) int inFlight,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Long> all = offsets(first, count, random);
    TreeSet<Long> unfinished = new TreeSet<>(all);
    PartitionProgress progress = new PartitionProgress(first, "");
    List<Long> working = new ArrayList<>();
    int at = 0;
    // Some lives: each is cut off anywhere, and the next one begins with the last commit.
    for (int life = 0; life < 3; life++) {
      int steps = random.nextInt(2 * count + 1);
      for (int step = 0; step < steps; step++) {
        if (at < all.size() && working.size() < inFlight && random.nextBoolean()) {
          long offset = all.get(at++);
          boolean wanted = progress.read(offset);
          assertThat(wanted).isEqualTo(unfinished.contains(offset));
          if (wanted) {
            working.add(offset);
          }
        } else if (!working.isEmpty()) {
          long done = working.remove(random.nextInt(working.size()));
          progress.finish(done);
          unfinished.remove(done);
        }
        if (!unfinished.isEmpty()) {
          assertThat(progress.committed()).isLessThanOrEqualTo(unfinished.first());
        }
      }
      String metadata = progress.metadata();
      assertThat(metadata.length()).isLessThanOrEqualTo(PartitionProgress.MAX_METADATA);
      progress = new PartitionProgress(progress.committed(), metadata);
      long from = progress.committed();
      at = 0;
      while (at < all.size() && all.get(at) < from) {
        at++;
      }
      working.clear();
      PartitionProgress next = progress;
      assertThat(unfinished).allSatisfy(each -> assertThat(next.isFinished(each)).isFalse());
    }
  }

  /** One conversation that is stuck costs a few characters, however many others end behind it. */
  @Test
  void aStuckMessageDoesNotFillTheMetadata() {
    PartitionProgress progress = new PartitionProgress(0, "");
    for (int i = 0; i < 500_000; i++) {
      assertThat(progress.read(i)).isTrue();
      if (i != 0 && i != 1000) {
        progress.finish(i);
      }
    }
    assertThat(progress.committed()).isZero();
    assertThat(progress.metadata().length()).isLessThan(30);
    PartitionProgress next = new PartitionProgress(0, progress.metadata());
    for (int i = 0; i < 500_000; i++) {
      assertThat(next.read(i)).isEqualTo(i == 0 || i == 1000);
    }
    next.finish(0);
    assertThat(next.committed()).isEqualTo(1000);
    next.finish(1000);
    assertThat(next.committed()).isEqualTo(500_000);
  }

  @Test
  void whatDoesNotFitIsDeliveredAgain() {
    PartitionProgress progress = new PartitionProgress(0, "");
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      progress.read(i);
      if (i % 2 == 1) {
        progress.finish(i);
      }
    }
    PartitionProgress next = new PartitionProgress(progress.committed(), progress.metadata());
    int known = 0;
    for (int i = 0; i < count; i++) {
      known += next.isFinished(i) ? 1 : 0;
      assertThat(i % 2 == 0 && next.isFinished(i)).isFalse();
    }
    assertThat(known).isBetween(10_000, count / 2 - 1);
  }

  @Test
  void itWaitsWhenItIsTooFarAhead() {
    PartitionProgress progress = new PartitionProgress(0, "");
    progress.read(0);
    progress.read(PartitionProgress.MAX_AHEAD - 2);
    assertThat(progress.isTooFarAhead()).isFalse();
    progress.read(PartitionProgress.MAX_AHEAD);
    assertThat(progress.isTooFarAhead()).isTrue();
    progress.finish(0);
    assertThat(progress.isTooFarAhead()).isFalse();
  }

  /** Retention has deleted what the commit points to, perhaps billions of records. */
  @Test
  void aGapMayBeAsLongAsItLikes() {
    PartitionProgress progress = new PartitionProgress(7, "");
    assertThat(progress.read(50_000_000_000L)).isTrue();
    assertThat(progress.committed()).isEqualTo(50_000_000_000L);
    progress.finish(50_000_000_000L);
    assertThat(progress.committed()).isEqualTo(50_000_000_001L);
  }

  @Test
  void readingAgainBeginsAtTheLowestThatIsNotFinished() {
    PartitionProgress progress = new PartitionProgress(0, "");
    for (int i = 0; i < 10; i++) {
      progress.read(i);
    }
    progress.finish(0);
    progress.finish(5);
    assertThat(progress.again()).isEqualTo(1);
    assertThat(progress.read(1)).isTrue();
    assertThat(progress.read(5)).isFalse();
  }

  @Property(tries = 200)
  void anotherProgramsMetadataSaysNothing(@ForAll String metadata) {
    PartitionProgress progress = new PartitionProgress(10, metadata);
    assertThat(progress.committed()).isGreaterThanOrEqualTo(10);
    assertThat(progress.read(Long.MAX_VALUE >> 1) || progress.committed() > 10).isTrue();
  }
}
