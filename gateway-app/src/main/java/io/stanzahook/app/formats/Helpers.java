package io.stanzahook.app.formats;

import com.samskivert.mustache.Mustache;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What templates can do with text: sections whose names begin with an at-sign. */
final class Helpers {
  static final String MARK = "@";

  /** A helper's text, at most: a part of the message. */
  private static final int MOST = FormatTemplate.MOST_CHARACTERS;

  static final Map<String, Mustache.Lambda> ALL =
      Map.of(
          "@upper", changed(text -> text.toUpperCase(Locale.ROOT)),
          "@line", changed(text -> text.replaceAll("\\s+", " ").strip()),
          "@mrkdwn", changed(SlackText::plain),
          "@slack", slack(),
          "@ifempty", ifEmpty());

  private Helpers() {}

  private static Mustache.Lambda changed(UnaryOperator<String> change) {
    return (fragment, out) -> {
      BoundedText text = new BoundedText(MOST);
      fragment.execute(text);
      out.write(change.apply(text.toString()));
    };
  }

  /** The object around it, as a message of Slack's. */
  private static Mustache.Lambda slack() {
    return (fragment, out) -> {
      if (fragment.context() instanceof JsonValues.Fields message) {
        out.write(SlackMessage.of(message.node(), message.steps()));
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
