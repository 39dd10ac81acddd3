package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.StanzaKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/reference/rest-json.md is what {@link MappingTable} declares, and that of
 * docs/reference/json.md what {@link ChatProperties} declares. To write them anew: {@code mvn -pl
 * gateway-core test -Dtest=MappingDocsTest -Ddocs.write=true}.
 */
class MappingDocsTest {
  // Tests run in the module's directory.
  private static final Path FOLDER = Path.of("..", "docs", "reference");
  private static final String BEGIN = "<!-- begin mapping: written by MappingDocsTest -->\n";
  private static final String END = "<!-- end mapping -->";

  @Test
  void theTableIsGeneratedFromTheMapping() throws IOException {
    generated(FOLDER.resolve("rest-json.md"), table());
  }

  @Test
  void theTableOfChatsIsGeneratedFromTheirProperties() throws IOException {
    StringBuilder table =
        new StringBuilder("| property | JSON | in the message | what |\n|---|---|---|---|\n");
    for (MappedProperty row : ChatProperties.properties()) {
      table.append(
          "| `%s` | %s | `%s` | %s |\n"
              .formatted(
                  row.property().name(),
                  row.property().shape() instanceof Shape.Fields fields
                      ? fields.properties().stream()
                          .map(each -> "`" + each.name() + "`")
                          .collect(Collectors.joining(", ", "object of ", ""))
                      : words(row.property().shape()),
                  row.property().place(),
                  row.about()));
    }
    generated(FOLDER.resolve("json.md"), table.toString());
  }

  private static void generated(Path file, String table) throws IOException {
    String page = Files.readString(file);
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    assertThat(begin).as(BEGIN).isNotNegative();
    assertThat(end).as(END).isGreaterThan(begin);
    String expected =
        page.substring(0, begin + BEGIN.length()) + "\n" + table + "\n" + page.substring(end);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(file, expected);
    }
    assertThat(file).hasContent(expected);
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder(
            "| property | of | JSON | in the stanza | what |\n|---|---|---|---|---|\n");
    for (MappedProperty row : StanzaMapping.properties()) {
      String kinds =
          row.kinds().size() == StanzaKind.values().length
              ? "all"
              : row.kinds().stream().map(StanzaKind::elementName).collect(Collectors.joining(", "));
      table.append(
          "| `%s` | %s | %s | `%s` | %s |\n"
              .formatted(
                  row.property().name(),
                  kinds,
                  words(row.property().shape()),
                  row.property().place(),
                  row.about()));
    }
    return table.toString();
  }

  private static String words(Shape shape) {
    if (shape instanceof Shape.OneOf choice) {
      return choice.values().size() > 6
          ? "text, one of many"
          : choice.values().stream().map(v -> "`" + v + "`").collect(Collectors.joining(", "));
    }
    if (shape instanceof Shape.Whole whole) {
      return whole.most() == Long.MAX_VALUE
          ? "whole number"
          : "%d to %d".formatted(whole.least(), whole.most());
    }
    if (shape instanceof Shape.Many many) {
      return "array of " + words(many.of());
    }
    if (shape instanceof Shape.Fields) {
      return "object";
    }
    if (shape instanceof Shape.Special special) {
      return special.words();
    }
    if (shape instanceof Shape.Mark) {
      return "`true`";
    }
    return shape instanceof Shape.Truth
        ? "`true`, `false`"
        : shape.getClass().getSimpleName().toLowerCase(Locale.ROOT).replace("numeric", "number");
  }
}
