package io.stanzahook.app.formats;

import io.stanzahook.app.files.BoundedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the templates of the folder that an option names. */
public final class TemplateFiles {
  /** The largest template, in bytes. */
  static final int MAX_BYTES = 64 * 1024;

  private TemplateFiles() {}

  /**
   * All formats, those of the program among them; null after telling what is wrong.
   *
   * @param all is told of each problem
   */
  public static @Nullable Formats read(Path folder, Consumer<String> all) {
    List<String> problems = new ArrayList<>();
    Map<String, String> templates = new TreeMap<>();
    for (Path file : files(folder, problems)) {
      String name = String.valueOf(file.getFileName());
      if (!Formats.isName(name)) {
        problems.add(
            "%s cannot be the name of a format: lower-case letters, digits, - and _ can"
                .formatted(file));
        continue;
      }
      try {
        String text = BoundedFile.text(file, MAX_BYTES);
        Formats.check(text);
        templates.put(name, text);
      } catch (IOException e) {
        problems.add(String.valueOf(e.getMessage()));
      } catch (BadTemplateException e) {
        problems.add("%s, %s".formatted(file, e.getMessage()));
      }
    }
    for (String name : templates.keySet()) {
      String body = name.replace(Formats.SUBJECT_SUFFIX, Formats.SUFFIX);
      if (!templates.containsKey(body) && problems.isEmpty()) {
        problems.add("%s has no %s beside it".formatted(folder.resolve(name), body));
      }
    }
    problems.forEach(all);
    try {
      return problems.isEmpty() ? Formats.of(templates) : null;
    } catch (BadTemplateException e) {
      throw new IllegalStateException("each was looked at", e);
    }
  }

  private static List<Path> files(Path folder, List<String> problems) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files
              .filter(file -> file.toString().endsWith(Formats.SUFFIX))
              .sorted()
              .limit(2 * Formats.MAX_FORMATS + 1)
              .toList();
      if (found.size() <= 2 * Formats.MAX_FORMATS) {
        return found;
      }
      problems.add("%s holds more than %d formats".formatted(folder, Formats.MAX_FORMATS));
    } catch (NoSuchFileException e) {
      problems.add("there is no folder " + folder);
    } catch (NotDirectoryException e) {
      problems.add(folder + " is no folder");
    } catch (IOException e) {
      problems.add("%s cannot be read: %s".formatted(folder, BoundedFile.reason(e)));
    }
    return List.of();
  }
}
