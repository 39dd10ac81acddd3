package io.stanzahook.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.rooms.RoomMemory.Remembered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomFileTest {
  private static final Remembered ROOM =
      new Remembered("r@x", "b@gw/stanzahook", "b\u00e9", "p\"w");
  private static final Remembered OTHER = new Remembered("o@x", "b@gw/stanzahook", "b", null);

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAgain_byItsOwnerAlone() throws Exception {
    Path path = folder.resolve("rooms.json");
    RoomFile file = new RoomFile(path);
    assertThat(file.read()).isEmpty();
    write(file, List.of(OTHER));
    write(file, List.of(ROOM, OTHER));
    assertThat(new RoomFile(path).read()).containsExactly(ROOM, OTHER);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  private static void write(RoomFile file, List<Remembered> rooms) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    file.write(
        () -> {
          begun.countDown();
          return rooms;
        });
    assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
    // It holds this lock until it has ended.
    synchronized (file) {
      assertThat(file.read()).isEqualTo(rooms);
    }
  }

  @Test
  void whatCannotBeReadIsNoRoom() throws Exception {
    Path path = Files.writeString(folder.resolve("rooms.json"), "{nonsense");
    assertThat(new RoomFile(path).read()).isEmpty();
    Files.writeString(path, "7");
    assertThat(new RoomFile(path).read()).isEmpty();
  }
}
