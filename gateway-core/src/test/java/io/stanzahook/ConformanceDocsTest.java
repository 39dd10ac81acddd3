package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/reference/conformance.md names the tests of each demand, and those tests are there. A test
 * whose name begins with ids ({@code b2_b3_…}) belongs to those lines. To write the names of their
 * classes anew: {@code mvn -pl gateway-core test -Dtest=ConformanceDocsTest -Ddocs.write=true}.
 */
class ConformanceDocsTest {
  // Tests run in the module's directory.
  private static final Path FILE = Path.of("..", "docs", "reference", "conformance.md");
  private static final List<Path> SOURCES =
      List.of(Path.of("..", "gateway-core"), Path.of("..", "gateway-app"));

  private static final Pattern ROW = Pattern.compile("\\| (\\w+\\+?) \\| (.*?) \\|(?: (.*?))? \\|");
  private static final Pattern TEST =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|Property)\\b.*?\\bvoid (\\w+)\\(", Pattern.DOTALL);
  private static final Pattern IDS = Pattern.compile("((?:[a-g][0-9]+_)+|e_)");
  private static final Pattern NO_TEST = Pattern.compile("(deliberately different|not yet): .+");

  /** Simple names of test classes and the tests in each. */
  private final Map<String, List<String>> tests = tests();

  /**
   * A line of the tables.
   *
   * @param number where it stands in the file, from 0
   */
  private record Row(int number, String id, String does, String tests) {
    boolean hasTests() {
      return !NO_TEST.matcher(tests).matches();
    }

    /** The tests named, without their quotes. */
    List<String> named() {
      return !hasTests() || tests.isEmpty()
          ? List.of()
          : Arrays.stream(tests.split(", ", -1)).map(name -> name.replace("`", "")).toList();
    }
  }

  @Test
  void everyDemandHasItsLine() throws IOException {
    List<String> ids =
        Stream.of(
                numbered("A", 17),
                numbered("B", 15),
                numbered("C", 15),
                Stream.of("status"),
                numbered("D", 7),
                Stream.of("E", "E+", "CS", "MUC", "MUC+", "ROOM", "FACE", "CMD", "UP"),
                numbered("F", 5),
                numbered("G", 4))
            .flatMap(each -> each)
            .toList();
    assertThat(rows()).extracting(Row::id).containsExactlyElementsOf(ids);
    assertThat(rows()).extracting(Row::does).allSatisfy(does -> assertThat(does).isNotBlank());
  }

  @Test
  void everyLineNamesItsTestsAndNoOthers() throws IOException {
    Map<String, Set<String>> classesById = classesById();
    if (Boolean.getBoolean("docs.write")) {
      write(classesById);
    }
    for (Row row : rows()) {
      Set<String> expected = classesById.getOrDefault(row.id(), new TreeSet<>());
      List<String> alone = row.named().stream().filter(name -> !name.contains(".")).toList();
      assertThat(alone)
          .as("classes with tests of %s", row.id())
          .containsExactlyElementsOf(expected);
      if (row.hasTests()) {
        assertThat(row.named()).as("tests of %s, or why there are none", row.id()).isNotEmpty();
      }
      row.named().stream().filter(name -> name.contains(".")).forEach(this::assertThereIs);
    }
  }

  @Test
  void noTestHasAnIdThatIsNoDemand() throws IOException {
    assertThat(rows()).extracting(Row::id).containsAll(classesById().keySet());
  }

  private void assertThereIs(String test) {
    String[] name = test.split("\\.", 2);
    assertThat(tests.getOrDefault(name[0], List.of())).as("tests of %s", name[0]).contains(name[1]);
  }

  private static Stream<String> numbered(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(n -> letter + n);
  }

  private static List<Row> rows() throws IOException {
    List<String> lines = Files.readAllLines(FILE);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher row = ROW.matcher(lines.get(i));
      if (row.matches() && !row.group(1).equals("id")) {
        String named = row.group(3) == null ? "" : row.group(3);
        rows.add(new Row(i, row.group(1), row.group(2), named));
      }
    }
    return rows;
  }

  private Map<String, Set<String>> classesById() {
    Map<String, Set<String>> classes = new TreeMap<>();
    tests.forEach(
        (type, methods) ->
            methods.stream()
                .map(IDS::matcher)
                .filter(Matcher::lookingAt)
                .flatMap(ids -> Arrays.stream(ids.group().split("_", -1)))
                .filter(id -> !id.isEmpty())
                .map(id -> id.toUpperCase(Locale.ROOT))
                .forEach(id -> classes.computeIfAbsent(id, i -> new TreeSet<>()).add(type)));
    return classes;
  }

  /** Puts the classes first in their column; tests named whole stay. */
  private static void write(Map<String, Set<String>> classesById) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(FILE));
    for (Row row : rows()) {
      Stream<String> whole = row.named().stream().filter(name -> name.contains("."));
      String column =
          Stream.concat(classesById.getOrDefault(row.id(), new TreeSet<>()).stream(), whole)
              .map(name -> "`" + name + "`")
              .collect(Collectors.joining(", "));
      if (!column.isEmpty()) {
        lines.set(row.number(), "| %s | %s | %s |".formatted(row.id(), row.does(), column));
      }
    }
    Files.write(FILE, lines);
  }

  private static Map<String, List<String>> tests() {
    Map<String, List<String>> tests = new TreeMap<>();
    for (Path module : SOURCES) {
      try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          List<String> names =
              TEST.matcher(Files.readString(file)).results().map(test -> test.group(1)).toList();
          if (!names.isEmpty()) {
            tests.put(file.getFileName().toString().replace(".java", ""), names);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return tests;
  }
}
