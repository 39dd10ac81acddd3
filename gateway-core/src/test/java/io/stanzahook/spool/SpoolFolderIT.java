package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stanzahook.delivery.KeptStanza;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where the folder, its file or its disk is not as it should be. */
class SpoolFolderIT {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  @TempDir Path folder;
  private final RecordingListener told = new RecordingListener();

  private DiskSpool open(Path path) {
    return DiskSpool.open(new SpoolSettings(path, NO_LIMIT), told);
  }

  private void execute(Path file, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aMissingFolderIsCreated() {
    Path deep = folder.resolve("a/b/c");
    open(deep).close();

    assertThat(deep.resolve("spool.db")).exists();
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "mine");

    assertThatThrownBy(() -> open(file))
        .isInstanceOf(SpoolException.class)
        .hasMessage("the spool " + file + " is not a folder; name another one");
    assertThatThrownBy(() -> open(file.resolve("below")))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(file + "/below cannot be created");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aFolderThatCannotBeWrittenTo() throws Exception {
    Path readOnly = Path.of("/sys/kernel");
    if (!"root".equals(System.getProperty("user.name"))) {
      readOnly = Files.createDirectory(folder.resolve("ro"));
      Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
    assumeTrue(
        Files.isDirectory(readOnly),
        () -> "root can write everywhere but below /sys, and that is not mounted here");
    Path path = readOnly;

    assertThatThrownBy(() -> open(path))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("the spool's folder " + path + " cannot be written to");
  }

  @Test
  void aSecondSpoolInThisProcess() {
    DiskSpool first = open(folder);
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("the spool " + folder + " is in use by another process");
    first.close();

    open(folder).close();
  }

  @Test
  void aSecondProcess() throws Exception {
    Process child = SpoolChild.start(folder, 1);
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).startsWith("O");
      assertThatThrownBy(() -> open(folder))
          .isInstanceOf(SpoolException.class)
          .hasMessageContaining("in use by another process");
    } finally {
      child.destroyForcibly().waitFor();
    }
    open(folder).close();
  }

  @Test
  void aFileOfANewerFormatIsLeftAsItIs() throws Exception {
    open(folder).close();
    Path file = folder.resolve("spool.db");
    execute(file, "PRAGMA user_version = 2");
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessage(
            "the file "
                + file
                + " has format 2, of a newer Stanzahook; this one knows format 1: start the newer"
                + " one");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aFileOfSomebodyElseIsLeftAsItIs() throws Exception {
    Path file = folder.resolve("spool.db");
    execute(file, "CREATE TABLE mine(x)");
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(file + " does not belong to a spool and is left unchanged");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);

    byte[] garbage = "no database at all ".repeat(1000).getBytes(StandardCharsets.UTF_8);
    Files.write(file, garbage);
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(
            file + " is damaged at its beginning (offset 0), or does not belong to a spool");
    assertThat(Files.readAllBytes(file)).isEqualTo(garbage);
  }

  @Test
  void aFullDiskLosesNothingThatWasDurable() throws Exception {
    List<String> mount =
        List.of("mount", "-t", "tmpfs", "-o", "size=36m", "tmpfs", folder.toString());
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "needs root, to mount a file system of 36 MB; this is " + System.getProperty("user.name"));
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/mount")) || Files.isExecutable(Path.of("/bin/mount")),
        "needs the program mount (Debian's package mount)");
    assumeTrue(run(mount) == 0, "needs to mount a file system, which is not allowed here");
    try (DiskSpool spool = open(folder)) {
      List<Long> positions = new ArrayList<>();
      KeptStanza large = SpoolFixture.record("large", 100_000);
      while (told.failedFrom() == 0 && positions.size() < 1000) {
        positions.add(spool.append(large));
        long position = positions.get(positions.size() - 1);
        told.awaitEither(position);
      }
      SpoolException failure = told.awaitFailure();
      assertThat(failure)
          .hasMessageContaining("the spool cannot be written: the disk")
          .hasMessageContaining(folder.resolve("spool.db") + " is full; free some space");
      long failed = told.failedFrom();
      assertThat(told.durable()).isLessThan(failed);
      assertThat(spool.append(large)).as("forgotten").isGreaterThan(failed);

      List<Spooled> kept = spool.read(0, 1000, NO_LIMIT).block();
      assertThat(kept).hasSizeGreaterThan(3).allMatch(each -> each.record().equals(large));
      assertThat(kept).allMatch(each -> each.position() < failed);
      assertThat(spool.figures().depth()).isEqualTo(kept.size());

      kept.forEach(each -> spool.settle(each.position()));
      spool.resume();
      long again = spool.append(large);
      told.awaitDurable(again);
      assertThat(spool.read(0, 1000, NO_LIMIT).block()).containsExactly(new Spooled(again, large));
    } finally {
      assertThat(run(List.of("umount", folder.toString()))).isZero();
    }
  }

  @Test
  void aFileThatMayNotGrow() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f 3000; exec \"$@\"", "bash"));
    command.addAll(SpoolChild.command(folder.toString(), "1"));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String failure = null;
    long durable = 0;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("F ")) {
          failure = line;
        } else if (line.startsWith("D ")) {
          durable = Long.parseLong(line.substring(2));
        }
      }
    } finally {
      child.destroyForcibly().waitFor();
    }

    assertThat(failure)
        .contains("the spool cannot be written", folder.resolve("spool.db").toString());
    assertThat(durable).isPositive();
    try (DiskSpool spool = open(folder)) {
      assertThat(spool.lastPosition()).isGreaterThanOrEqualTo(durable);
      assertThat(spool.read(0, 100_000, NO_LIMIT).block()).hasSize((int) spool.figures().depth());
    }
    assertThat(told.damages()).isEmpty();
  }

  @Test
  void aFaultOfWhoIsToldEndsTheSpoolInSightOfTheOperator_andLosesNothing() {
    SpoolListener faulty =
        new SpoolListener() {
          @Override
          public void durable(long upTo) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void failed(long from, SpoolException cause) {}

          @Override
          public void damaged(SpoolException what) {
            told.damaged(what);
          }
        };
    KeptStanza record = new KeptStanza("one", 1, new byte[] {'<', 'a', '/', '>'}, false);
    try (DiskSpool spool = DiskSpool.open(new SpoolSettings(folder, NO_LIMIT), faulty)) {
      spool.append(record);
      told.awaitDamage();
      assertThat(told.damages())
          .singleElement()
          .satisfies(damage -> assertThat(damage.getCause()).hasMessage("on purpose"))
          .asString()
          .contains("writing " + folder, "has ended because of a defect", "Restart the gateway");
    }

    try (DiskSpool again = open(folder)) {
      assertThat(again.read(0, 10, NO_LIMIT).block()).containsExactly(new Spooled(1, record));
    }
  }

  private static int run(List<String> command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
