package io.stanzahook.rooms;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers rooms that we were invited to. */
public interface RoomMemory {
  /** Remembers nothing. */
  RoomMemory NONE =
      new RoomMemory() {
        @Override
        public List<Remembered> read() {
          return List.of();
        }

        @Override
        public void write(Supplier<List<Remembered>> rooms) {
          // Nowhere to write it to.
        }
      };

  /**
   * A room.
   *
   * @param room its bare address
   * @param self the address of ours that was invited
   * @param nick the wanted nick
   * @param password null for none
   */
  record Remembered(String room, String self, String nick, @Nullable String password) {}

  /** What was written last. May block. */
  List<Remembered> read();

  /**
   * Writes them, later and on another thread.
   *
   * @param rooms gives what is true then
   */
  void write(Supplier<List<Remembered>> rooms);
}
