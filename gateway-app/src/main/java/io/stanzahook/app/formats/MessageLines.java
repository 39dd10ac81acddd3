package io.stanzahook.app.formats;

import io.stanzahook.app.formats.JsonValues.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** The lines of a message in the making, made of JSON, and of no more of it than steps allow. */
final class MessageLines {
  /** Elements of one list that are shown; the others are counted. */
  static final int MAX_SHOWN = 20;

  private final Steps steps;
  private final List<String> lines = new ArrayList<>();

  MessageLines(Steps steps) {
    this.steps = steps;
  }

  /** Adds a text, unless there is nothing to be seen of it. */
  void add(String text) {
    if (!text.isBlank()) {
      lines.add(text.strip());
    }
  }

  /** Adds a text that others wrote, with an empty line before it. */
  void addQuoted(String text) {
    if (!text.isBlank()) {
      lines.add("");
      lines.add(text.strip());
      lines.add("");
    }
  }

  /** Adds a line with a name and a value, unless there is no value. */
  void add(String name, String value) {
    if (!value.isBlank()) {
      lines.add(name + ": " + value.strip());
    }
  }

  /** Each element of a list, or the one thing that stands in its place, as far as steps allow. */
  List<JsonNode> each(JsonNode list) {
    List<JsonNode> all = new ArrayList<>();
    if (list.isMissingNode() || list.isNull()) {
      return all;
    }
    for (JsonNode one : list.isArray() ? list : List.of(list)) {
      if (!steps.take()) {
        break;
      }
      all.add(one);
    }
    return all;
  }

  /** Adds the number of those that are not shown. */
  void addMore(int count) {
    if (count > 0) {
      lines.add("and " + count + " more");
    }
  }

  String text() {
    return String.join("\n", lines);
  }

  /** The text of the first of those properties that has one, each a path with dots; else empty. */
  static String first(JsonNode node, String... paths) {
    for (String path : paths) {
      JsonNode at = node;
      for (String name : path.split("\\.", -1)) {
        at = at.path(name);
      }
      String text = at.asString("");
      if (!text.isBlank()) {
        return text.strip();
      }
    }
    return "";
  }

  /** The first line of a text. */
  static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("").strip();
  }

  /** Words with a space between them; empty ones are left out. */
  static String spaced(String... words) {
    StringJoiner all = new StringJoiner(" ");
    for (String word : words) {
      if (!word.isBlank()) {
        all.add(word);
      }
    }
    return all.toString();
  }
}
