package io.stanzahook.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Prints what the gateway says of its dead letters. Users' text cannot drive the terminal. */
final class DeadLetterPrinter {
  private static final List<String> HEADER =
      List.of("ID", "BURIED", "FROM", "TO", "TRIES", "CAUSE");
  private static final List<String> COLUMNS =
      List.of("id", "buried", "from", "to", "attempts", "cause");

  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;

  /**
   * A printer.
   *
   * @param err for hints
   * @param json whether to print what came
   */
  DeadLetterPrinter(PrintStream out, PrintStream err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  void list(JsonNode answer) {
    if (json) {
      out.println(answer);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    for (JsonNode letter : answer.path("dead_letters")) {
      rows.add(
          COLUMNS.stream().map(column -> printable(letter.path(column).asString(""))).toList());
    }
    if (rows.size() == 1) {
      err.println("there are none");
    } else {
      table(rows);
    }
    if (answer.path("next").isNumber()) {
      err.println("there may be more: --before " + answer.path("next").asLong());
    }
  }

  private void table(List<List<String>> rows) {
    int[] widths = new int[HEADER.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  void show(JsonNode letter) {
    if (json) {
      out.println(letter);
      return;
    }
    for (Map.Entry<String, JsonNode> property : letter.properties()) {
      String value = property.getValue().asString("");
      if (!value.isEmpty()) {
        out.println("%-12s %s".formatted(property.getKey() + ":", printable(value)));
      }
    }
  }

  void count(long count, String what) {
    out.println(
        json
            ? "{\"%s\":%d}".formatted(what, count)
            : "%d dead letter%s %s".formatted(count, count == 1 ? "" : "s", what));
  }

  /** Without what a terminal takes for a command. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                shown.appendCodePoint(
                    Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                        ? ' '
                        : c));
    return shown.toString();
  }
}
