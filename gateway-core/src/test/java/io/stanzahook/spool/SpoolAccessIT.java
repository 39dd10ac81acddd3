package io.stanzahook.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stanzahook.delivery.KeptStanza;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who else can get at a spool: nobody. */
class SpoolAccessIT {
  private static final int NOBODY = 65534;

  @TempDir Path directory;
  private final RecordingListener told = new RecordingListener();

  private DiskSpool open(Path folder) {
    return DiskSpool.open(new SpoolSettings(folder, Long.MAX_VALUE), told);
  }

  private static void set(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  /** The permissions of each file by its name. */
  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        all.put(file.getFileName().toString(), permissions(file));
      }
    }
    return all;
  }

  private static void assumeRoot() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "needs root, to be another user too; this is " + System.getProperty("user.name"));
  }

  private static void give(Path path, int user) throws IOException {
    Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "027", "077"})
  void nobodyElseCanReadASpoolWhateverTheUmask(String umask) throws Exception {
    Path folder = directory.resolve("a/spool");
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    command.addAll(SpoolChild.command(folder.toString(), "1000000"));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("D ")) {
        line = out.readLine();
      }
      assertThat(line).as("something was written").isNotNull();
      assertThat(permissions(folder)).isEqualTo("rwx------");
      assertThat(files(folder))
          .containsOnlyKeys("lock", "reserve", "spool.db", "spool.db-shm", "spool.db-wal")
          .allSatisfy((name, of) -> assertThat(of).as(name).isEqualTo("rw-------"));
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void anotherUserCanNeitherReadNorLockIt() throws Exception {
    assumeRoot();
    set(directory, "rwxr-xr-x");
    Path folder = Files.createDirectory(directory.resolve("spool"));
    set(folder, "rwxrwxrwx");
    try (DiskSpool spool = open(folder)) {
      assertThat(spool.figures().depth()).isZero();
      for (String file : files(folder).keySet()) {
        assertThat(asNobody("head", "-c", "1", folder.resolve(file).toString()))
            .as(file)
            .isNotZero();
      }
      assertThat(asNobody("ls", directory.toString())).isZero();
    }
  }

  private static int asNobody(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    command.addAll(List.of(words));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void anOldSpoolIsClosedToOthersAndThatIsSaid() throws Exception {
    Path folder = directory.resolve("spool");
    KeptStanza record = SpoolFixture.record("one", 10);
    try (DiskSpool spool = open(folder)) {
      told.awaitDurable(spool.append(record));
    }
    assertThat(told.closed()).isEmpty();
    Files.writeString(folder.resolve("notes.txt"), "kept");
    Files.copy(folder.resolve("spool.db"), folder.resolve("spool.db.bak"));
    set(folder, "rwxr-xr-x");
    for (String file : files(folder).keySet()) {
      set(folder.resolve(file), "rw-r--r--");
    }

    try (DiskSpool spool = open(folder)) {
      assertThat(spool.figures().depth()).isEqualTo(1);
      assertThat(permissions(folder)).isEqualTo("rwx------");
      Map<String, String> files = files(folder);
      assertThat(files.remove("notes.txt")).isEqualTo("rw-r--r--");
      assertThat(files)
          .containsKeys("lock", "reserve", "spool.db", "spool.db.bak", "spool.db-wal")
          .allSatisfy((name, of) -> assertThat(of).as(name).isEqualTo("rw-------"));
    }
    assertThat(told.closed())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "the spool's folder "
                            + folder
                            + " was open to other users of this machine (0755); now closed to"
                            + " them (0700)"),
            line -> assertThat(line).contains("3 more files of the spool were open", "(0600)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock",
        "reserve",
        "spool.db",
        "spool.db-wal",
        "spool.db-shm",
        "spool-new.db",
        "spool-repaired.db",
        "spool-damaged-1.db"
      })
  void noFileIsWrittenThroughALink(String name) throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "untouched");
    for (Path target : List.of(victim, directory.resolve("made"))) {
      Path folder = Files.createDirectory(directory.resolve("of-" + target.getFileName()));
      Files.createSymbolicLink(folder.resolve(name), target);

      assertThatThrownBy(() -> open(folder))
          .isInstanceOf(SpoolException.class)
          .hasMessageContaining(folder.resolve(name) + " is a symbolic link", "remove it");
    }
    assertThat(victim).hasContent("untouched");
    assertThat(directory.resolve("made")).doesNotExist();
  }

  @Test
  void whatIsNoFileIsNoFileOfTheSpool() throws Exception {
    Files.createDirectory(directory.resolve("lock"));

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(
            directory.resolve("lock") + " has the name of a file of the spool, but is not a file");
  }

  @Test
  void aHardLinkInAFolderThatOthersWroteToIsRefused() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "untouched");
    Path folder = Files.createDirectory(directory.resolve("spool"));
    set(folder, "rwxrwxrwx");
    Files.createLink(folder.resolve("lock"), victim);

    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("also has another name (a hard link)");
    assertThat(victim).hasContent("untouched");
  }

  @Test
  void aLinkOfOursLeadsToTheFolderAndOneOfAnotherUserDoesNot() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("spool"), folder);
    open(link).close();
    assertThat(files(folder)).containsKey("spool.db");

    assumeRoot();
    give(link, NOBODY);
    assertThatThrownBy(() -> open(link))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(link + " is a symbolic link of the user");
  }

  @Test
  void aFolderOfAnotherUserIsRefused() throws Exception {
    assumeRoot();
    Path folder = Files.createDirectory(directory.resolve("spool"));
    give(folder, NOBODY);

    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("the spool's folder " + folder + " belongs to the user", "chown");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileOfAnotherUserIsRefused() throws Exception {
    assumeRoot();
    open(directory).close();
    give(directory.resolve("spool.db"), NOBODY);

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining(directory.resolve("spool.db") + " belongs to the user", "chown");
  }

  @Test
  void aFolderThatHoldsOtherThingsIsNotTakenAwayFromThoseWhoUseThem() throws Exception {
    Files.writeString(directory.resolve("page.html"), "read by a server");
    set(directory, "rwxr-xr-x");
    open(directory).close();

    assertThat(permissions(directory)).isEqualTo("rwxr-xr-x");
    assertThat(permissions(directory.resolve("spool.db"))).isEqualTo("rw-------");
    assertThat(told.closed())
        .singleElement()
        .asString()
        .contains("contains other files (page.html)", "left open");
  }

  @Test
  void aFolderThatHoldsOtherThingsAndThatOthersWriteToIsRefused() throws Exception {
    Files.writeString(directory.resolve("page.html"), "somebody's");
    set(directory, "rwxrwxrwx");

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("other users can write to the spool's folder", "chmod 700");
  }

  @Test
  void whatIsSavedOfADamagedFileIsForNobodyElse() throws Exception {
    try (DiskSpool spool = open(directory)) {
      for (int i = 0; i < 30; i++) {
        told.awaitDurable(spool.append(SpoolFixture.record("one", 1000)));
      }
    }
    Path file = directory.resolve("spool.db");
    byte[] bytes = Files.readAllBytes(file);
    // From the third page on: the first two describe the file.
    Arrays.fill(bytes, 2 * 4096, 10 * 4096, (byte) 0x55);
    Files.write(file, bytes);

    try (DiskSpool spool = open(directory)) {
      assertThat(spool.read(0, 1000, Long.MAX_VALUE).block()).isNotNull();
      told.awaitDamage();
      assertThat(files(directory))
          .containsKey("spool-damaged-1.db")
          .allSatisfy((name, of) -> assertThat(of).as(name).isEqualTo("rw-------"));
    }
  }

  @Test
  void lookingChangesNothing() throws Exception {
    open(directory).close();
    set(directory, "rwxr-xr-x");
    set(directory.resolve("spool.db"), "rw-r--r--");

    assertThat(SpoolAccess.look(directory))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("is open to other users", "run leaves it"));
    assertThat(permissions(directory)).isEqualTo("rwxr-xr-x");
    assertThat(permissions(directory.resolve("spool.db"))).isEqualTo("rw-r--r--");
  }
}
