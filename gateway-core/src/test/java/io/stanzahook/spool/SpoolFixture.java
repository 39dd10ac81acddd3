package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A spool, who listens to it, and short words for what tests do with both. */
abstract class SpoolFixture {
  static final long NO_LIMIT = Long.MAX_VALUE;
  static final Burial WHY =
      new Burial(1_700_000_000_000L, 3, "answered", "item-not-found", "gone", 404, "<html>ä");

  RecordingListener told = new RecordingListener();
  Spool spool;

  /** A new, empty spool. */
  abstract Spool open(long limit, int maxDeadLetters);

  @BeforeEach
  void open() {
    spool = open(NO_LIMIT, 100);
  }

  @AfterEach
  void close() {
    spool.close();
  }

  static KeptStanza record(String id) {
    return record(id, 100);
  }

  static KeptStanza record(String id, int bytes) {
    String body = "<message><body>" + id + "€".repeat(bytes / 3) + "</body></message>";
    return new KeptStanza(id, 1_000L + id.hashCode(), body.getBytes(StandardCharsets.UTF_8), false);
  }

  /** Appends records and waits until they are durable. */
  List<Long> append(String... ids) {
    List<Long> positions = new ArrayList<>();
    for (String id : ids) {
      positions.add(spool.append(record(id)));
    }
    told.awaitDurable(positions.get(positions.size() - 1));
    return positions;
  }

  List<String> ids() {
    return ids(readAll());
  }

  static List<String> ids(List<Spooled> records) {
    return records.stream().map(each -> each.record().webhookId()).toList();
  }

  List<Spooled> readAll() {
    return spool.read(0, 100_000, Long.MAX_VALUE).block();
  }

  List<String> deadIds() {
    return spool.deadLetters().newest(Long.MAX_VALUE, 1000).block().stream()
        .map(each -> each.record().webhookId())
        .toList();
  }

  /** What was asked for before is done once this returns. */
  void flush() {
    // Its answer comes after all that was asked for before is written, and counted.
    assertThat(spool.deadLetters().discardAll(letter -> false).block()).isZero();
  }

  void awaitGone(long position) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!spool.readAt(position).block().isEmpty()) {
      assertThat(System.nanoTime()).as("settled in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
