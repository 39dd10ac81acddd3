package io.stanzahook.rooms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file with rooms, as JSON. It may hold passwords, so it is for its owner alone. Writing replaces
 * the whole file, so that it is never half written.
 */
public final class RoomFile implements RoomMemory {
  /** A larger file is not read. */
  static final long MAX_BYTES = 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger("rooms");
  private static final JsonMapper JSON = new JsonMapper();

  private final Path path;

  /** That file, which need not exist. */
  public RoomFile(Path path) {
    this.path = path;
  }

  @Override
  public List<Remembered> read() {
    List<Remembered> rooms = new ArrayList<>();
    try {
      if (Files.exists(path) && Files.size(path) > MAX_BYTES) {
        throw new IOException("it is larger than " + MAX_BYTES + " bytes");
      }
      for (JsonNode each : JSON.readTree(Files.readString(path))) {
        rooms.add(
            new Remembered(
                each.path("room").asString(""),
                each.path("self").asString(""),
                each.path("nick").asString(""),
                each.path("password").asString(null)));
      }
    } catch (NoSuchFileException e) {
      // Nobody has invited us yet.
    } catch (IOException | JacksonException e) {
      log.warn(
          "the rooms in {} cannot be read, so they are not entered: {}. Invite the bot again",
          path,
          reason(e));
    }
    return rooms;
  }

  @Override
  public void write(Supplier<List<Remembered>> rooms) {
    var unused = Schedulers.boundedElastic().schedule(() -> writeNow(rooms));
  }

  private synchronized void writeNow(Supplier<List<Remembered>> rooms) {
    ArrayNode all = JSON.createArrayNode();
    for (Remembered room : rooms.get()) {
      ObjectNode one = all.addObject();
      one.put("room", room.room());
      one.put("self", room.self());
      one.put("nick", room.nick());
      if (room.password() != null) {
        one.put("password", room.password());
      }
    }
    Path next = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(next);
      Files.createFile(next, attributes(path));
      Files.write(next, JSON.writeValueAsString(all).getBytes(StandardCharsets.UTF_8));
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn(
          "the rooms cannot be written to {}, so they are forgotten at the next start: {}",
          path,
          reason(e));
    }
  }

  private static FileAttribute<?>[] attributes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return e instanceof JacksonException || message == null
        ? e.getClass().getSimpleName()
        : message;
  }
}
