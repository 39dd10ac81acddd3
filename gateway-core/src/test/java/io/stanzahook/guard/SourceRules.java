package io.stanzahook.guard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules that only the source shows. Each method returns what breaks its rule, one line each.
 *
 * @param main where the program's sources are
 * @param tests where those of its tests are
 */
record SourceRules(Path main, Path tests) {
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("public\\s+([a-z-]+\\s+)*(class|interface|record|enum|@interface)\\s.*");

  /** Public top-level types that do not say what they are. */
  List<String> undocumentedTypes() {
    return files(main).filter(SourceRules::isUndocumented).map(this::name).toList();
  }

  /** Packages that do not say which threads may use them. */
  List<String> packagesWithoutThreading() {
    return files(main)
        .filter(file -> file.endsWith("package-info.java"))
        .filter(file -> lines(file).stream().noneMatch(line -> line.contains("Threading:")))
        .map(this::name)
        .toList();
  }

  private String name(Path file) {
    return main.relativize(file).toString();
  }

  private static boolean isUndocumented(Path file) {
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (PUBLIC_TYPE.matcher(lines.get(i)).matches()) {
        int before = i - 1;
        // Annotations stand between; a long one goes over several, indented lines.
        while (before >= 0 && lines.get(before).matches("@.*|\\s+[^*\\s].*|\\)")) {
          before--;
        }
        return before < 0 || !endsJavadoc(lines, before);
      }
    }
    return false;
  }

  private static boolean endsJavadoc(List<String> lines, int last) {
    if (!lines.get(last).endsWith("*/")) {
      return false;
    }
    int first = last;
    while (first > 0 && !lines.get(first).startsWith("/*")) {
      first--;
    }
    return lines.get(first).startsWith("/**");
  }

  private static Stream<Path> files(Path root) {
    if (!Files.isDirectory(root)) {
      return Stream.empty();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
