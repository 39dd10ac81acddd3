package io.stanzahook.app.formats;

import io.stanzahook.app.formats.JsonValues.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/**
 * What posts to Slack's incoming webhooks, as text: blocks, else the text; then attachments, which
 * may hold blocks too. One renderer for blocks, wherever they stand. What has text in it shows it,
 * blocks that are not known as well.
 */
final class SlackMessage {
  /** Properties of an object that is not known, in the order in which they are shown. */
  private static final List<String> TEXTS =
      List.of(
          "title",
          "subtitle",
          "header",
          "label",
          "name",
          "text",
          "body",
          "message",
          "content",
          "description",
          "value",
          "alt_text",
          "fallback",
          "hint",
          "footer");

  private static final List<String> URLS =
      List.of("url", "title_url", "image_url", "video_url", "link", "join_url");

  /** What those objects have inside of them. */
  private static final List<String> INSIDE =
      List.of("fields", "elements", "options", "element", "accessory", "rows", "cells", "actions");

  private static final String RULE = "----";

  private final Steps steps;
  private final List<String> lines = new ArrayList<>();

  private SlackMessage(Steps steps) {
    this.steps = steps;
  }

  /** The text of a message. */
  static String of(JsonNode message, Steps steps) {
    SlackMessage all = new SlackMessage(steps);
    all.blocks(message.path("blocks"));
    if (all.isBlank()) {
      all.lines.clear();
      all.add(text(message.path("text")));
    }
    all.attachments(message.path("attachments"));
    return String.join("\n", all.lines);
  }

  /** The text of blocks and attachments alone, where another format shows the text. */
  static String besideText(JsonNode message, Steps steps) {
    SlackMessage all = new SlackMessage(steps);
    all.blocks(message.path("blocks"));
    all.attachments(message.path("attachments"));
    return all.isBlank() ? "" : String.join("\n", all.lines);
  }

  private boolean isBlank() {
    return lines.stream().allMatch(line -> line.isBlank() || line.equals(RULE));
  }

  private void add(String line) {
    if (!line.isBlank()) {
      lines.add(line);
    }
  }

  /** Each of a list, or the one that stands for it, as far as steps allow. */
  private Iterable<JsonNode> each(JsonNode list) {
    if (!list.isArray()) {
      return list.isMissingNode() || list.isNull() || !steps.take() ? List.of() : List.of(list);
    }
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode one : list) {
      if (!steps.take()) {
        break;
      }
      all.add(one);
    }
    return all;
  }

  /** Markup as text; of a text object its text. */
  private static String text(JsonNode node) {
    JsonNode inside = node.isObject() ? node.path("text") : node;
    return SlackText.plain(inside.asString(""));
  }

  private static String raw(JsonNode node, String property) {
    return node.path(property).asString("");
  }

  private static String spaced(String... parts) {
    StringJoiner all = new StringJoiner(" ");
    for (String part : parts) {
      if (!part.isBlank()) {
        all.add(part);
      }
    }
    return all.toString();
  }

  private static String bold(String text) {
    return text.isBlank() ? "" : "*" + text + "*";
  }

  private void attachments(JsonNode attachments) {
    for (JsonNode one : each(attachments)) {
      if (one.isObject()) {
        attachment(one);
      } else {
        add(text(one));
      }
    }
  }

  private void attachment(JsonNode one) {
    int before = lines.size();
    add(text(one.path("pretext")));
    add(spaced(raw(one, "author_name"), raw(one, "author_link")));
    add(bold(text(one.path("title"))));
    add(raw(one, "title_link"));
    add(text(one.path("text")));
    for (JsonNode field : each(one.path("fields"))) {
      String title = text(field.path("title"));
      add((title.isBlank() ? "" : bold(title) + ": ") + text(field.path("value")));
      if (title.isBlank() && field.path("value").isMissingNode()) {
        add(text(field));
      }
    }
    blocks(one.path("blocks"));
    for (JsonNode shared : each(one.path("message_blocks"))) {
      blocks(shared.path("message").path("blocks"));
    }
    for (JsonNode action : each(one.path("actions"))) {
      add(element(action));
    }
    attachments(one.path("attachments"));
    if (lines.size() == before) {
      add(text(one.path("fallback")));
    }
    add(raw(one, "image_url"));
    if (raw(one, "image_url").isEmpty()) {
      add(raw(one, "thumb_url"));
    }
    add(text(one.path("footer")));
  }

  private void blocks(JsonNode blocks) {
    for (JsonNode block : each(blocks)) {
      if (block.isObject()) {
        block(block);
      } else {
        add(text(block));
      }
    }
  }

  private void block(JsonNode block) {
    switch (raw(block, "type")) {
      case "header" -> add(bold(text(block.path("text"))));
      case "section" -> {
        add(text(block.path("text")));
        for (JsonNode field : each(block.path("fields"))) {
          add(text(field));
        }
        // Of a button the URL says what its text does.
        JsonNode accessory = block.path("accessory");
        add(raw(accessory, "url").isEmpty() ? element(accessory) : raw(accessory, "url"));
      }
      case "markdown" -> add(raw(block, "text"));
      case "context", "actions", "context_actions" -> {
        List<String> all = new ArrayList<>();
        for (JsonNode element : each(block.path("elements"))) {
          // Pictures in a line of text are icons.
          all.add(
              raw(element, "type").equals("image") ? raw(element, "alt_text") : element(element));
        }
        add(spaced(all.toArray(String[]::new)));
      }
      case "divider" -> lines.add(RULE);
      case "image" -> {
        String title = text(block.path("title"));
        String url = raw(block, "image_url");
        add(
            spaced(
                title.isBlank() ? raw(block, "alt_text") : title,
                url.isEmpty() ? raw(block.path("slack_file"), "url") : url));
      }
      case "video" -> {
        add(bold(text(block.path("title"))));
        add(text(block.path("description")));
        add(spaced(raw(block, "author_name"), first(block, "title_url", "video_url")));
      }
      case "rich_text" -> {
        for (JsonNode element : each(block.path("elements"))) {
          richText(element, "");
        }
      }
      case "input" -> {
        add(text(block.path("label")));
        add(text(block.path("hint")));
        add(element(block.path("element")));
      }
      case "table" -> {
        for (JsonNode row : each(block.path("rows"))) {
          StringJoiner cells = new StringJoiner(" | ");
          for (JsonNode cell : each(row)) {
            cells.add(cell(cell));
          }
          add(cells.toString());
        }
      }
      default -> unknown(block);
    }
  }

  private String cell(JsonNode cell) {
    if (!raw(cell, "type").equals("rich_text")) {
      return text(cell);
    }
    SlackMessage inside = new SlackMessage(steps);
    inside.block(cell);
    return String.join(" ", inside.lines);
  }

  private static String first(JsonNode node, String... properties) {
    for (String property : properties) {
      if (!raw(node, property).isEmpty()) {
        return raw(node, property);
      }
    }
    return "";
  }

  /** Something in one line: a text, a picture, a button, a menu. */
  private String element(JsonNode element) {
    if (!element.isObject()) {
      return text(element);
    }
    List<String> parts = new ArrayList<>();
    parts.add(text(element.path("text")));
    parts.add(text(element.path("placeholder")));
    parts.add(raw(element, "alt_text"));
    for (String options : List.of("options", "initial_options")) {
      for (JsonNode option : each(element.path(options))) {
        parts.add(text(option.path("text")));
      }
    }
    if (!element.path("options").isArray()) {
      parts.add(text(element.path("initial_option").path("text")));
    }
    if (raw(element, "type").endsWith("input")) {
      parts.add(raw(element, "initial_value"));
    }
    parts.add(raw(element, "image_url"));
    parts.add(raw(element, "url"));
    return spaced(parts.toArray(String[]::new));
  }

  /** A part of rich text that takes lines of its own. */
  private void richText(JsonNode part, String indent) {
    switch (raw(part, "type")) {
      case "rich_text_list" -> {
        boolean ordered = raw(part, "style").equals("ordered");
        String deeper = "  ".repeat(Math.max(0, Math.min(8, part.path("indent").asInt(0))));
        int number = part.path("offset").asInt(0);
        for (JsonNode item : each(part.path("elements"))) {
          number++;
          richText(item, indent + deeper + (ordered ? number + ". " : "- "));
        }
      }
      case "rich_text_quote" -> addEach("> ", indent + inline(part));
      case "rich_text_preformatted" -> {
        lines.add("```");
        addEach("", indent + inline(part));
        lines.add("```");
      }
      default -> addEach(indent, inline(part));
    }
  }

  private void addEach(String before, String text) {
    text.lines().forEach(line -> lines.add(before + line));
  }

  private String inline(JsonNode part) {
    if (!part.path("elements").isArray()) {
      return inlineElement(part);
    }
    StringBuilder all = new StringBuilder();
    for (JsonNode element : each(part.path("elements"))) {
      all.append(inline(element));
    }
    return all.toString();
  }

  private static String inlineElement(JsonNode element) {
    return switch (raw(element, "type")) {
      case "link" -> {
        String url = raw(element, "url");
        String text = raw(element, "text");
        yield text.isEmpty() || text.equals(url) ? url : text + " (" + url + ")";
      }
      case "emoji" -> emoji(element);
      case "user" -> "@" + raw(element, "user_id");
      case "usergroup" -> "@" + raw(element, "usergroup_id");
      case "team" -> "@" + raw(element, "team_id");
      case "broadcast" -> "@" + raw(element, "range");
      case "channel" -> "#" + raw(element, "channel_id");
      case "date" -> first(element, "fallback", "timestamp");
      case "color" -> raw(element, "value");
      default -> first(element, "text", "fallback", "value", "url", "name");
    };
  }

  private static String emoji(JsonNode element) {
    String unicode = raw(element, "unicode");
    if (unicode.matches("[0-9a-fA-F]{2,6}(-[0-9a-fA-F]{2,6}){0,10}")) {
      StringBuilder points = new StringBuilder();
      for (String point : unicode.split("-", -1)) {
        int value = Integer.parseInt(point, 16);
        if (!Character.isValidCodePoint(value)) {
          return ":" + raw(element, "name") + ":";
        }
        points.appendCodePoint(value);
      }
      return points.toString();
    }
    return ":" + raw(element, "name") + ":";
  }

  /** A block that came after this was written: whatever in it is for people. */
  private void unknown(JsonNode node) {
    if (!node.isObject() || raw(node, "type").equals("button")) {
      add(element(node));
      return;
    }
    for (String property : TEXTS) {
      JsonNode value = node.path(property);
      if (value.isObject() && !value.path("text").isString()) {
        unknown(value);
      } else if (value.isArray()) {
        each(value).forEach(this::unknown);
      } else {
        add(text(value));
      }
    }
    for (String property : URLS) {
      add(raw(node, property));
    }
    for (String property : INSIDE) {
      for (JsonNode inside : each(node.path(property))) {
        if (inside.isArray()) {
          each(inside).forEach(this::unknown);
        } else {
          unknown(inside);
        }
      }
    }
    blocks(node.path("blocks"));
  }
}
