package io.stanzahook.app.formats;

import static io.stanzahook.app.formats.MessageLines.first;
import static io.stanzahook.app.formats.MessageLines.spaced;

import io.stanzahook.app.formats.JsonValues.Fields;
import io.stanzahook.app.formats.JsonValues.Steps;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Text under one of the names that programs give it, with what Discord's webhooks, ntfy and their
 * like have beside it. Of an object without such a name all properties are shown: somebody meant
 * them to be read.
 */
final class GenericMessage {
  private static final List<String> TITLES = List.of("title", "subject", "summary");
  private static final List<String> TEXTS = List.of("text", "message", "content", "body");
  private static final List<String> URLS =
      List.of("url", "link", "click", "attach", "attachment.url", "image");

  /** What says how a message is to look or to travel. */
  private static final Set<String> NOT_SHOWN =
      Set.of("topic", "priority", "icon", "username", "avatar_url", "tts", "headers");

  private static final List<String> TITLE_HEADERS = List.of("x-title", "title", "ti", "t");
  private static final List<String> TAG_HEADERS = List.of("x-tags", "tags", "tag", "ta");
  private static final List<String> CLICK_HEADERS = List.of("x-click", "click");

  /** Objects within objects that are gone into. */
  private static final int MAX_DEPTH = 8;

  private final Steps steps;
  private final MessageLines lines;

  private GenericMessage(Steps steps) {
    this.steps = steps;
    this.lines = new MessageLines(steps);
  }

  /** The text of a message. */
  static String of(Fields posted, RequestHeaders headers) {
    GenericMessage message = new GenericMessage(posted.steps());
    message.show(posted.node(), headers);
    return message.lines.text();
  }

  private void show(ObjectNode posted, RequestHeaders headers) {
    Set<String> texts = new LinkedHashSet<>();
    for (String name : TEXTS) {
      texts.add(text(posted.path(name), 0));
    }
    texts.removeIf(String::isBlank);
    String title = first(posted, TITLES.toArray(String[]::new));
    String slack = SlackMessage.besideText(posted, steps);
    List<JsonNode> embeds = lines.each(posted.path("embeds"));
    if (title.isEmpty() && texts.isEmpty() && slack.isBlank() && embeds.isEmpty()) {
      lines.add(all(posted, 0));
      return;
    }
    // As ntfy's clients send it, with the text alone as the body.
    lines.add(title.isEmpty() ? headers.first(TITLE_HEADERS) : title);
    texts.forEach(lines::add);
    lines.add(slack);
    for (JsonNode embed : embeds) {
      embed(embed);
    }
    List<JsonNode> tags = lines.each(posted.path("tags"));
    lines.add("tags", tags.isEmpty() ? headers.first(TAG_HEADERS) : joined(tags));
    for (JsonNode action : lines.each(posted.path("actions"))) {
      lines.add(spaced(first(action, "label", "name", "text"), first(action, "url")));
    }
    for (String url : URLS) {
      lines.add(first(posted, url));
    }
    lines.add(first(posted, "filename", "attachment.name"));
    lines.add(headers.first(CLICK_HEADERS));
    lines.add(first(posted, "poll.question.text"));
    for (JsonNode answer : lines.each(posted.path("poll").path("answers"))) {
      lines.add("- " + first(answer, "poll_media.text"));
    }
  }

  private static String joined(List<JsonNode> tags) {
    StringJoiner all = new StringJoiner(", ");
    tags.forEach(tag -> all.add(tag.asString("")));
    return all.toString();
  }

  /** One of Discord's embeds. */
  private void embed(JsonNode embed) {
    lines.add(spaced(first(embed, "author.name"), first(embed, "author.url")));
    String title = first(embed, "title");
    lines.add(title.isEmpty() ? "" : "*" + title + "*");
    lines.add(first(embed, "url"));
    lines.add(first(embed, "description"));
    for (JsonNode field : lines.each(embed.path("fields"))) {
      String name = first(field, "name");
      lines.add(spaced(name.isEmpty() ? "" : "*" + name + "*:", first(field, "value")));
    }
    lines.add(first(embed, "image.url"));
    lines.add(first(embed, "thumbnail.url"));
    lines.add(first(embed, "video.url"));
    lines.add(first(embed, "footer.text"));
  }

  /** What stands under the name of a text: mostly just that. */
  private String text(JsonNode value, int depth) {
    return value.isObject() || value.isArray() ? all(value, depth) : value.asString("").strip();
  }

  /** All that can be read in it, a line each. */
  private String all(JsonNode node, int depth) {
    if (depth > MAX_DEPTH) {
      return "";
    }
    StringJoiner all = new StringJoiner("\n");
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                boolean shown = depth > 0 || !NOT_SHOWN.contains(field.getKey());
                if (shown && steps.take()) {
                  String text = text(field.getValue(), depth + 1);
                  if (!text.isBlank()) {
                    String gap = text.indexOf('\n') < 0 ? " " : "\n";
                    all.add(field.getKey() + ":" + gap + text);
                  }
                }
              });
    } else {
      for (JsonNode each : lines.each(node)) {
        String text = text(each, depth + 1);
        if (!text.isBlank()) {
          all.add("- " + text);
        }
      }
    }
    return all.toString();
  }
}
