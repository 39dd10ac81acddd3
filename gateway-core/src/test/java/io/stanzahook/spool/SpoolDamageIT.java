package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.KeptStanza;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of files that are cut off, or whose bytes have changed. */
class SpoolDamageIT {
  private static final int PAGE = 4096;
  private static final int FRAME = PAGE + 24;

  @TempDir Path folder;
  private RecordingListener told = new RecordingListener();

  private DiskSpool open(Path path) {
    told = new RecordingListener();
    return DiskSpool.open(new SpoolSettings(path, Long.MAX_VALUE), told);
  }

  private static List<Spooled> all(Spool spool) {
    return spool.read(0, 1_000_000, Long.MAX_VALUE).block();
  }

  private static byte[] flipped(byte[] bytes, int start, int count) {
    byte[] flipped = bytes.clone();
    for (int i = start; i < start + count; i++) {
      flipped[i] ^= (byte) 0xFF;
    }
    return flipped;
  }

  private List<String> names(String part) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.contains(part))
          .sorted()
          .toList();
    }
  }

  /** A file that was closed, with records 1 to count and the dead letters count + 1 to + 10. */
  private byte[] filled(int count) throws IOException {
    try (DiskSpool spool = open(folder)) {
      for (int i = 1; i <= count + 10; i++) {
        spool.append(SpoolChild.record(i));
      }
      for (int i = count + 1; i <= count + 10; i++) {
        spool.bury(i, SpoolFixture.WHY);
      }
    }
    return Files.readAllBytes(folder.resolve("spool.db"));
  }

  @Test
  void aTornEndCostsOnlyWhatWasNotWhole() throws IOException {
    Path live = folder.resolve("live");
    Path torn = Files.createDirectory(folder.resolve("torn"));
    byte[] file;
    byte[] log;
    int before;
    try (DiskSpool spool = open(live)) {
      for (int i = 1; i <= 20; i++) {
        told.awaitDurable(spool.append(SpoolChild.record(i)));
      }
      before = (int) Files.size(live.resolve("spool.db-wal"));
      told.awaitDurable(spool.append(SpoolChild.record(21)));
      file = Files.readAllBytes(live.resolve("spool.db"));
      log = Files.readAllBytes(live.resolve("spool.db-wal"));
    }
    assertThat(log.length).isGreaterThan(before);
    assertThat((log.length - before) % FRAME).isZero();

    // Every byte would take minutes: those at the edges, and some between.
    for (int cut = before; cut <= log.length; cut += cut % FRAME < 100 ? 7 : 331) {
      for (boolean zeros : List.of(false, true)) {
        Files.write(torn.resolve("spool.db"), file);
        byte[] rest = Arrays.copyOf(log, cut);
        Files.write(torn.resolve("spool.db-wal"), zeros ? Arrays.copyOf(rest, log.length) : rest);
        Files.deleteIfExists(torn.resolve("spool.db-shm"));
        try (DiskSpool spool = open(torn)) {
          List<Spooled> found = all(spool);
          assertThat(found.size()).as("cut at " + cut).isBetween(20, 21);
          for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isEqualTo(new Spooled(i + 1, SpoolChild.record(i + 1)));
          }
          long next = spool.append(SpoolChild.record(99));
          told.awaitDurable(next);
          assertThat(next).isEqualTo(found.size() + 1);
        }
        assertThat(told.damages()).isEmpty();
      }
    }
  }

  @Test
  void aChangedRecordIsPutAside() throws IOException {
    byte[] file = filled(200);
    byte[] text = SpoolChild.record(77).stanza();
    int place = indexOf(file, text);
    Files.write(folder.resolve("spool.db"), flipped(file, place + text.length / 2, 3));

    try (DiskSpool spool = open(folder)) {
      assertThat(all(spool)).hasSize(199).noneMatch(each -> each.position() == 77);
      told.awaitDurable(spool.append(SpoolChild.record(1000)));
      // RecordingListener once it is put aside, which may be a transaction later.
      told.awaitDamage();
      assertThat(told.damages())
          .singleElement()
          .asString()
          .contains(
              "record 77 in " + folder.resolve("spool.db"), "moved to the table", "'damaged'");
      assertThat(spool.figures().depth()).isEqualTo(200);
      assertThat(spool.readAt(77).block()).isEmpty();
    }
    try (DiskSpool spool = open(folder)) {
      assertThat(all(spool)).hasSize(200);
      assertThat(told.damages()).isEmpty();
    }
    assertThat(indexOf(Files.readAllBytes(folder.resolve("spool.db")), Arrays.copyOf(text, 20)))
        .as("kept")
        .isPositive();
  }

  private static int indexOf(byte[] in, byte[] part) {
    for (int i = 0; i <= in.length - part.length; i++) {
      if (Arrays.equals(in, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void changedBytesAnywhereCostLittleAndInventNothing() throws IOException {
    int count = 3000;
    byte[] file = filled(count);
    Random random = new Random(3);
    int repaired = 0;
    for (int round = 0; round < 60; round++) {
      // From the third page on: the first two describe the file, and are looked at below.
      int start = 2 * PAGE + random.nextInt(file.length - 2 * PAGE - 20);
      if (round % 2 == 0) {
        start -= start % PAGE; // The beginning of a page tells what is in it.
      }
      clean();
      Files.write(folder.resolve("spool.db"), flipped(file, start, 20));
      TreeMap<Long, KeptStanza> found = new TreeMap<>();
      try (DiskSpool spool = open(folder)) {
        for (Spooled each : all(spool)) {
          assertThat(each.record()).isEqualTo(SpoolChild.record(each.position()));
          assertThat(found.put(each.position(), each.record())).isNull();
        }
        long next = spool.append(SpoolChild.record(1));
        assertThat(next).isGreaterThan(count);
        told.awaitDurable(next);
        List<DeadLetter> dead = spool.deadLetters().newest(Long.MAX_VALUE, 100).block();
        assertThat(dead).hasSizeLessThanOrEqualTo(10);
      }
      int lost = count - found.size();
      if (lost > 0) {
        assertThat(told.damages()).as("byte " + start).isNotEmpty();
      }
      List<String> aside = names("spool-damaged");
      if (!aside.isEmpty()) {
        repaired++;
        assertThat(Files.readAllBytes(folder.resolve(aside.get(0))))
            .hasSizeGreaterThan(count * 100);
      }
      assertThat(lost).as("byte " + start).isLessThan(aside.isEmpty() ? 30 : count + 1);
    }
    assertThat(repaired).isPositive();
  }

  private void clean() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.filter(f -> f.getFileName().toString().startsWith("spool")).toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void aFileWhoseBeginningHasChangedIsLeftAsItIs() throws IOException {
    byte[] file = flipped(filled(100), 0, 30);
    Files.write(folder.resolve("spool.db"), file);

    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(folder.resolve("spool.db") + " is damaged at its beginning");
    assertThat(folder.resolve("spool.db")).hasBinaryContent(file);
  }

  @Test
  void aRepairThatWasCutShortIsEnded() throws IOException {
    byte[] whole = filled(50);
    Path file = folder.resolve("spool.db");
    Files.move(file, folder.resolve("spool-repaired.db"));
    Files.writeString(file, "damaged");
    Files.writeString(folder.resolve("spool.db-wal"), "its log");
    try (DiskSpool spool = open(folder)) {
      assertThat(all(spool)).hasSize(50);
    }
    assertThat(folder.resolve("spool-damaged-1.db")).hasContent("damaged");
    assertThat(folder.resolve("spool-damaged-1.db-wal")).hasContent("its log");
    assertThat(whole).isNotEmpty();
    assertThat(folder.resolve("spool-repaired.db")).doesNotExist();
  }
}
