package io.stanzahook.app.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file that an option names. */
final class TextFile {
  private TextFile() {}

  /**
   * Its text, or null after noting what is wrong.
   *
   * @param source where the file was named
   * @param maxBytes the largest file that is read
   */
  static @Nullable String read(Path path, Source source, int maxBytes, Problems problems) {
    try {
      if (Files.isRegularFile(path) && Files.size(path) > maxBytes) {
        problems.add(source, "%s is larger than %d bytes".formatted(path, maxBytes));
        return null;
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
          .toString();
    } catch (NoSuchFileException e) {
      problems.add(source, "there is no file " + path);
    } catch (CharacterCodingException e) {
      problems.add(source, path + " is not UTF-8 text");
    } catch (IOException e) {
      problems.add(source, "%s cannot be read: %s".formatted(path, FileProblem.of(e)));
    }
    return null;
  }
}
