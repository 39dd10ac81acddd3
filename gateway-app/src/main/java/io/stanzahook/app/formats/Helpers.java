package io.stanzahook.app.formats;

import com.samskivert.mustache.Mustache;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What templates can do with text: sections whose names begin with an at-sign. */
final class Helpers {
  static final String MARK = "@";

  /** A helper's text, at most: a part of the message. */
  private static final int MAX_CHARACTERS = FormatTemplate.MAX_CHARACTERS;

  static final Map<String, Mustache.Lambda> ALL =
      Map.of(
          "@upper", changed(text -> text.toUpperCase(Locale.ROOT)),
          "@line", changed(text -> text.replaceAll("\\s+", " ").strip()),
          "@mrkdwn", changed(SlackText::plain),
          "@firstline", changed(text -> text.lines().map(String::strip).findFirst().orElse("")),
          "@slack", shown((message, headers) -> SlackMessage.of(message.node(), message.steps())),
          "@github", shown(ForgeMessage::of),
          "@gitea", shown(ForgeMessage::of),
          "@gitlab", shown(GitlabMessage::of),
          "@generic", shown(GenericMessage::of),
          "@ifempty", ifEmpty());

  private Helpers() {}

  private static Mustache.Lambda changed(UnaryOperator<String> change) {
    return (fragment, out) -> {
      BoundedText text = new BoundedText(MAX_CHARACTERS);
      fragment.execute(text);
      out.write(change.apply(text.toString()));
    };
  }

  /** The object around it, as a program's message. */
  @FunctionalInterface
  private interface Shown {
    String of(JsonValues.Fields message, RequestHeaders headers);
  }

  private static Mustache.Lambda shown(Shown shown) {
    return (fragment, out) -> {
      if (fragment.context() instanceof JsonValues.Fields message) {
        RequestHeaders headers = message.headers();
        out.write(shown.of(message, headers == null ? RequestHeaders.NONE : headers));
      }
    };
  }

  /** Only where there is nothing to be seen before it. */
  private static Mustache.Lambda ifEmpty() {
    return (fragment, out) -> {
      if (out instanceof BoundedText text && text.isBlank()) {
        fragment.execute(out);
      }
    };
  }
}
