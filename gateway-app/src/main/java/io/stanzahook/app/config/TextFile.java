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
  /** What stands in the first line of a key in PEM. */
  private static final String PRIVATE_KEY = "PRIVATE KEY-----";

  private TextFile() {}

  /**
   * The text of a file that holds something secret, or null after noting what is wrong. Warns where
   * others can read it.
   */
  static @Nullable String readSecret(Path path, Source source, int maxBytes, Problems problems) {
    String text = read(path, source, maxBytes, problems);
    if (text != null && !text.contains(PRIVATE_KEY)) {
      OpenFile.warn(path, source, problems);
    }
    return text;
  }

  /**
   * Its text; warns where others can read a private key in it. Null after noting what is wrong.
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
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
              .toString();
      if (text.contains(PRIVATE_KEY)) {
        OpenFile.warn(path, source, problems);
      }
      return text;
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
