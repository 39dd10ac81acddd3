package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.KeptStanza;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every spool does. */
abstract class SpoolContract extends SpoolFixture {
  @Test
  void positionsAscendFromOne() {
    long first = spool.append(record("a"));
    long second = spool.append(record("b"));

    assertThat(first).isPositive();
    assertThat(second).isGreaterThan(first);
    assertThat(spool.lastPosition()).isEqualTo(second);
    told.awaitDurable(second);
  }

  @Test
  void recordsComeBackAsTheyWere() {
    KeptStanza record =
        new KeptStanza("wh_1", 123, "<message/>".getBytes(StandardCharsets.UTF_8), true);
    KeptStanza empty = new KeptStanza("ä€😀", Long.MIN_VALUE, new byte[0], false);
    KeptStanza labelled = new KeptStanza("labelled", 1, "de-CH", new byte[] {1, 2}, false);
    KeptStanza large = record("large", 1_000_000);
    long first = spool.append(record);
    long second = spool.append(empty);
    long third = spool.append(labelled);
    long last = spool.append(large);
    told.awaitDurable(last);

    assertThat(readAll())
        .containsExactly(
            new Spooled(first, record),
            new Spooled(second, empty),
            new Spooled(third, labelled),
            new Spooled(last, large));
  }

  @Test
  void manyThatComeTogetherAreToldTogether() {
    long last = 0;
    for (int i = 0; i < 5000; i++) {
      last = spool.append(record("id" + i));
    }
    told.awaitDurable(last);

    assertThat(told.batches()).isLessThan(5000);
    assertThat(ids()).isEqualTo(IntStream.range(0, 5000).mapToObj(i -> "id" + i).toList());
  }

  @Test
  void anEmptySpoolReadsNothing() {
    assertThat(readAll()).isEmpty();
    assertThat(spool.readAt(1, 2).block()).isEmpty();
    assertThat(spool.readAt().block()).isEmpty();
    assertThat(spool.lastPosition()).isZero();
    assertThat(spool.figures())
        .isEqualTo(
            new JournalFigures(0, 0, spool.figures().bytes(), 0, spool.figures().limit(), false));
  }

  @Test
  void readingIsBoundedByNumberAndBytes() {
    List<Long> positions = append("a", "b", "c", "d");
    int size = record("a").stanza().length;

    assertThat(ids(spool.read(0, 2, NO_LIMIT).block())).containsExactly("a", "b");
    assertThat(ids(spool.read(positions.get(1), 9, NO_LIMIT).block())).containsExactly("c", "d");
    assertThat(ids(spool.read(0, 9, 2L * size).block())).containsExactly("a", "b");
    assertThat(ids(spool.read(0, 9, 2L * size - 1).block())).containsExactly("a");
    assertThat(ids(spool.read(0, 9, 1).block())).containsExactly("a");
    assertThat(spool.read(positions.get(3), 9, NO_LIMIT).block()).isEmpty();
  }

  @Test
  void singlePositionsAreReadInOrder() {
    List<Long> positions = append("a", "b", "c", "d");
    spool.settle(positions.get(2));
    awaitGone(positions.get(2));

    assertThat(
            ids(
                spool
                    .readAt(positions.get(3), positions.get(0), positions.get(2), 999_999_999)
                    .block()))
        .containsExactly("a", "d");
  }

  @Test
  void whatIsSettledIsGone() {
    List<Long> positions = append("a", "b", "c");
    spool.settle(positions.get(1));
    spool.settle(positions.get(1));
    spool.settle(0);
    spool.settle(-1);
    spool.settle(Long.MAX_VALUE);
    flush();

    assertThat(ids()).containsExactly("a", "c");
    assertThat(spool.figures().depth()).isEqualTo(2);
  }

  @Test
  void aRecordMayBeSettledBeforeItIsDurable() {
    for (int i = 0; i < 1000; i++) {
      spool.settle(spool.append(record("a")));
    }
    flush();

    assertThat(readAll()).isEmpty();
    assertThat(spool.figures().depth()).isZero();
  }

  @Test
  void theOldestIsKnown() {
    List<Long> positions = append("a", "b");
    assertThat(spool.figures().oldestReceivedAt()).isEqualTo(record("a").receivedAt());

    spool.settle(positions.get(0));
    flush();
    assertThat(spool.figures().oldestReceivedAt()).isEqualTo(record("b").receivedAt());

    spool.settle(positions.get(1));
    flush();
    assertThat(spool.figures().oldestReceivedAt()).isZero();
  }

  @Test
  void theLimitIsToldAndSoIsRoom() {
    spool.close();
    told = new RecordingListener();
    spool = open(300_000, 100);
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      positions.add(spool.append(record("a" + i, 10_000)));
    }
    told.awaitFull(true);
    told.awaitDurable(positions.get(99));
    assertThat(spool.figures().full()).isTrue();
    assertThat(spool.figures().bytes()).isGreaterThanOrEqualTo(300_000);
    assertThat(readAll()).hasSize(100);

    positions.forEach(spool::settle);
    told.awaitFull(false);
    assertThat(spool.figures().full()).isFalse();
  }

  @Test
  void theBuriedIsADeadLetter() {
    List<Long> positions = append("a", "b", "c");
    spool.bury(positions.get(1), WHY);
    spool.bury(positions.get(1), WHY);
    spool.bury(999_999, WHY);
    flush();

    DeadLetter letter = new DeadLetter(positions.get(1), record("b"), WHY);
    assertThat(ids()).containsExactly("a", "c");
    assertThat(spool.deadLetters().newest(Long.MAX_VALUE, 10).block()).containsExactly(letter);
    assertThat(spool.deadLetters().find("b").block()).isEqualTo(letter);
    assertThat(spool.deadLetters().find("a").block()).isNull();
    assertThat(spool.figures().depth()).isEqualTo(2);
    assertThat(spool.figures().deadLetters()).isEqualTo(1);
  }

  @Test
  void theSettledCannotBeBuried() {
    long position = append("a").get(0);
    spool.settle(position);
    spool.bury(position, WHY);
    flush();

    assertThat(deadIds()).isEmpty();
  }

  @Test
  void deadLettersAreListedByPages() {
    List<Long> positions = append("a", "b", "c", "d", "e");
    positions.forEach(position -> spool.bury(position, WHY));
    flush();

    assertThat(deadIds()).containsExactly("e", "d", "c", "b", "a");
    assertThat(spool.deadLetters().newest(positions.get(3), 2).block())
        .extracting(DeadLetter::position)
        .containsExactly(positions.get(2), positions.get(1));
    assertThat(spool.deadLetters().newest(positions.get(0), 2).block()).isEmpty();
  }

  @Test
  void aDeadLetterIsRedelivered() {
    List<Long> positions = append("a", "b");
    spool.bury(positions.get(0), WHY);
    flush();

    long again = spool.deadLetters().redeliver("a").block();

    assertThat(again).isGreaterThan(positions.get(1)).isEqualTo(spool.lastPosition());
    told.awaitDurable(again);
    KeptStanza record = record("a");
    assertThat(readAll())
        .containsExactly(
            new Spooled(positions.get(1), record("b")),
            new Spooled(again, new KeptStanza("a", record.receivedAt(), record.stanza(), true)));
    assertThat(deadIds()).isEmpty();
    assertThat(spool.deadLetters().redeliver("a").block()).isNull();
    assertThat(spool.deadLetters().redeliver("none").block()).isNull();
  }

  @Test
  void theRedeliveredMayBeBuriedAgain() {
    spool.bury(append("a").get(0), WHY);
    flush();
    long again = spool.deadLetters().redeliver("a").block();
    spool.bury(again, WHY);
    flush();

    assertThat(spool.deadLetters().find("a").block().position()).isEqualTo(again);
    assertThat(spool.deadLetters().find("a").block().record().redelivered()).isTrue();
    assertThat(readAll()).isEmpty();
  }

  @Test
  void thoseThatMatchAreRedeliveredInOrder() {
    append("a", "b", "c", "d").forEach(position -> spool.bury(position, WHY));
    flush();

    long count = spool.deadLetters().redeliverAll(l -> !l.record().webhookId().equals("b")).block();

    assertThat(count).isEqualTo(3);
    assertThat(ids()).containsExactly("a", "c", "d");
    assertThat(deadIds()).containsExactly("b");
    assertThat(spool.deadLetters().redeliverAll(l -> false).block()).isZero();
  }

  @Test
  void deadLettersAreDiscarded() {
    append("a", "b", "c", "d").forEach(position -> spool.bury(position, WHY));
    flush();

    assertThat(spool.deadLetters().discard("b").block()).isTrue();
    assertThat(spool.deadLetters().discard("b").block()).isFalse();
    assertThat(deadIds()).containsExactly("d", "c", "a");
    assertThat(
            spool.deadLetters().discardAll(l -> l.record().webhookId().compareTo("a") > 0).block())
        .isEqualTo(2);
    assertThat(deadIds()).containsExactly("a");
    assertThat(spool.figures().deadLetters()).isEqualTo(1);
    assertThat(spool.deadLetters().find("c").block()).isNull();
  }

  @Test
  void theOldestDeadLettersBeyondTheirNumberAreDiscarded() {
    spool.close();
    told = new RecordingListener();
    spool = open(NO_LIMIT, 3);
    append("a", "b", "c", "d", "e").forEach(position -> spool.bury(position, WHY));
    told.awaitDiscarded(2);
    flush();

    assertThat(deadIds()).containsExactly("e", "d", "c");
    assertThat(told.discarded()).isEqualTo(2);
    assertThat(spool.deadLetters().find("a").block()).isNull();
  }

  @Test
  void withoutRoomForDeadLettersNoneIsKept() {
    spool.close();
    told = new RecordingListener();
    spool = open(NO_LIMIT, 0);
    spool.bury(append("a").get(0), WHY);
    told.awaitDiscarded(1);
    flush();

    assertThat(deadIds()).isEmpty();
    assertThat(readAll()).isEmpty();
  }

  @Test
  void tooManyInFlightAreRefused() {
    // The disk is faster than this loop, or it is not: both are right.
    try {
      for (int i = 0; i < 3 * Spool.MAX_IN_FLIGHT; i++) {
        spool.append(record("x", 0));
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("65,536");
    }
    long last = spool.lastPosition();
    told.awaitDurable(last);
    assertThat(spool.figures().depth()).isEqualTo(last);
  }

  @Test
  void nothingIsTakenOnceClosed() {
    append("a");
    spool.close();
    spool.close();

    assertThatThrownBy(() -> spool.append(record("b"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> spool.read(0, 1, 1).block()).isInstanceOf(SpoolException.class);
    assertThatThrownBy(() -> spool.readAt(1).block()).isInstanceOf(SpoolException.class);
    assertThatThrownBy(() -> spool.deadLetters().find("a").block())
        .isInstanceOf(SpoolException.class);
    spool.settle(1);
    spool.bury(1, WHY);
    spool.resume();
  }

  @Test
  void resumingWhereNothingFailedDoesNothing() {
    spool.resume();
    append("a");
    spool.resume();

    assertThat(ids()).containsExactly("a");
  }

  @Test
  void pagesOfABacklogAreWhole() {
    LongStream.range(0, 3000).forEach(i -> spool.append(record("id" + i, 10)));
    told.awaitDurable(spool.lastPosition());
    LongStream.rangeClosed(1, 3000).filter(p -> p % 3 != 0).forEach(spool::settle);
    flush();

    List<Long> seen = new ArrayList<>();
    long after = 0;
    for (var page = spool.read(0, 100, NO_LIMIT).block();
        !page.isEmpty();
        page = spool.read(after, 100, NO_LIMIT).block()) {
      page.forEach(each -> seen.add(each.position()));
      after = seen.get(seen.size() - 1);
    }
    assertThat(seen).isEqualTo(LongStream.rangeClosed(1, 1000).mapToObj(i -> 3 * i).toList());
  }
}
