package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.rooms.RoomSettings.Room;
import io.stanzahook.stanza.Jid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --room} and {@code room:}. */
class RoomOptionsTest {
  private static final Jid OPS = Jid.of("ops@rooms.example.org");
  private final List<String> warnings = new ArrayList<>();

  @TempDir Path directory;

  @Test
  void aRoomIsItsAddress_andMayHaveNickAndPassword() throws Exception {
    assertThat(
            read(
                "--room=ops@rooms.example.org",
                "--room=dev@rooms.example.org/the bot",
                "--room=den@rooms.example.org/bot?password=a=b?c d",
                "--accept-invitations=on"))
        .isEqualTo(
            new RoomSettings(
                List.of(
                    new Room(OPS, null, null),
                    new Room(Jid.of("dev@rooms.example.org"), "the bot", null),
                    new Room(Jid.of("den@rooms.example.org"), "bot", "a=b?c d")),
                true));
    assertThat(read()).isEqualTo(RoomSettings.NONE);
  }

  @Test
  void theFileTakesMappings() throws Exception {
    assertThat(
            file(
                """
                room:
                  - ops@rooms.example.org
                  - {jid: dev@rooms.example.org, nick: the bot, password: a b}
                """))
        .containsExactly(
            new Room(OPS, null, null), new Room(Jid.of("dev@rooms.example.org"), "the bot", "a b"));
    // Others can read the file, and it holds a password.
    assertThat(warnings).singleElement().asString().contains("chmod 600");
    assertThat(file("room: ops@rooms.example.org\n")).containsExactly(new Room(OPS, null, null));
  }

  @Test
  void nobodySeesThePassword() {
    assertThat(Room.parse("ops@rooms.example.org/bot?password=hidden").toString())
        .isEqualTo("ops@rooms.example.org/bot (password)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rooms.example.org|'rooms.example.org' is not the address of a room, such as"
            + " ops@rooms.example.org or ops@rooms.example.org/nick",
        "a b@@|'a b@@' is not the address of a room, such as ops@rooms.example.org or"
            + " ops@rooms.example.org/nick",
        "nick=bot|'nick=bot' is not the address of a room, such as ops@rooms.example.org or"
            + " ops@rooms.example.org/nick",
      })
  void whatIsNoRoomIsAProblem(String room, String problem) {
    String expected = room.startsWith("nick=") ? "has no 'jid'" : problem;
    assertThatThrownBy(() -> read("--room=" + room))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--room: " + expected);
  }

  @Test
  void twiceIsAProblem() {
    assertThatThrownBy(
            () -> read("--room=ops@rooms.example.org/a", "--room=OPS@rooms.example.org/b"))
        .hasMessageContaining("--room: 'OPS@rooms.example.org' is given twice");
  }

  private List<Room> file(String text) throws Exception {
    warnings.clear();
    return read("--config=" + Files.writeString(directory.resolve("c.yaml"), text)).rooms();
  }

  private RoomSettings read(String... arguments) throws ConfigurationException {
    return Configuration.read(
            RunFlags.parse(List.of(arguments)), RunFlags.REQUIRED, "1", warnings::add)
        .gateway()
        .rooms();
  }
}
