package io.stanzahook.app.config;

import io.stanzahook.app.formats.BadTemplateException;
import io.stanzahook.app.formats.Formats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the templates of the folder that an option names. */
final class TemplateFiles {
  /** The largest template, in bytes. */
  static final int MAX_BYTES = 64 * 1024;

  private TemplateFiles() {}

  /** All formats, those of the program among them; null after noting what is wrong. */
  static @Nullable Formats read(List<?> folders, Source source, Problems all) {
    Path folder = (Path) folders.get(0);
    Problems problems = new Problems();
    Map<String, String> templates = new TreeMap<>();
    for (Path file : files(folder, source, problems)) {
      String name = String.valueOf(file.getFileName());
      if (!Formats.isName(name)) {
        problems.add(
            source,
            "%s cannot be the name of a format: lower-case letters, digits, - and _ can"
                .formatted(file));
        continue;
      }
      String text = TextFile.read(file, source, MAX_BYTES, problems);
      if (text != null && isGood(text, file, source, problems)) {
        templates.put(name, text);
      }
    }
    for (String name : templates.keySet()) {
      String body = name.replace(Formats.SUBJECT_SUFFIX, Formats.SUFFIX);
      if (!templates.containsKey(body) && problems.isEmpty()) {
        problems.add(source, "%s has no %s beside it".formatted(folder.resolve(name), body));
      }
    }
    all.addAll(problems);
    try {
      return problems.isEmpty() ? Formats.of(templates) : null;
    } catch (BadTemplateException e) {
      throw new IllegalStateException("each was looked at", e);
    }
  }

  private static List<Path> files(Path folder, Source source, Problems problems) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files
              .filter(file -> file.toString().endsWith(Formats.SUFFIX))
              .sorted()
              .limit(2 * Formats.MOST + 1)
              .toList();
      if (found.size() > 2 * Formats.MOST) {
        problems.add(source, "%s holds more than %d formats".formatted(folder, Formats.MOST));
        return List.of();
      }
      return found;
    } catch (NoSuchFileException e) {
      problems.add(source, "there is no folder " + folder);
    } catch (NotDirectoryException e) {
      problems.add(source, folder + " is no folder");
    } catch (IOException e) {
      problems.add(source, "%s cannot be read: %s".formatted(folder, FileProblem.of(e)));
    }
    return List.of();
  }

  private static boolean isGood(String text, Path file, Source source, Problems problems) {
    try {
      Formats.check(text);
      return true;
    } catch (BadTemplateException e) {
      problems.add(source, "%s, %s".formatted(file, e.getMessage()));
      return false;
    }
  }
}
