package io.stanzahook.app.sandbox;

import io.stanzahook.app.logging.Visible;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps as text: a label, and to the right of it what was sent. Values of headers that look like
 * credentials are hidden, because transcripts get into reports and logs.
 */
final class Transcript {
  /** How many characters of a body are shown. The rest is only counted. */
  static final int MAX_SHOWN = 16 * 1024;

  private static final int MARGIN = 12;
  private static final String INDENT = " ".repeat(MARGIN);

  private static final String UNASKED =
      "so the webhook should not answer: check for a body first, and answer 204 if "
          + "there is none";

  private final boolean colours;

  Transcript(boolean colours) {
    this.colours = colours;
  }

  /** The step as lines, each with a line end; empty if the step is not shown. */
  String of(Step step) {
    if (step instanceof Step.StanzaIn in) {
      return block("stanza in", Ink.IN, in.xml(), "");
    }
    if (step instanceof Step.Posted posted) {
      return block(
          posted.method(),
          Ink.REQUEST,
          posted.url(),
          headers(posted.headers()) + body(posted.headers(), posted.body(), false));
    }
    if (step instanceof Step.Responded response) {
      return block(
          "response",
          response.status() / 100 == 2 ? Ink.GOOD : Ink.BAD,
          "%d %s in %s".formatted(response.status(), response.reason(), millis(response.nanos())),
          headers(response.headers()) + body(response.headers(), response.body(), response.cut()));
    }
    if (step instanceof Step.Unanswered none) {
      return block(
          "response", Ink.BAD, "none after %s: %s".formatted(millis(none.nanos()), none.why()), "");
    }
    if (step instanceof Step.ReplyOut reply) {
      Stanza stanza = reply.stanza();
      return block(
          stanza.isError() ? "error out" : "reply out",
          stanza.isError() ? Ink.BAD : Ink.IN,
          stanza.xml().toString(),
          "");
    }
    return aside(step);
  }

  private String aside(Step step) {
    if (step instanceof Step.Silence silence) {
      return block("no reply", Ink.ASIDE, "the webhook asked for none: " + silence.status(), "");
    }
    if (step instanceof Step.Dropped dropped) {
      return block("not sent", Ink.BAD, "%s: %s".formatted(dropped.reason(), dropped.detail()), "");
    }
    if (step instanceof Step.TurnedAway away) {
      return block("refused", Ink.BAD, away.reason(), "");
    }
    return "";
  }

  /**
   * One line about a stanza without a text. Each reply to it is shown too, with advice, because
   * there should be none.
   *
   * @param what the stanza in a word
   */
  String told(String label, String what, List<Step> steps) {
    String outcome = "not for the webhook";
    StringBuilder replies = new StringBuilder();
    for (Step step : steps) {
      if (step instanceof Step.Responded response) {
        outcome = "%d %s".formatted(response.status(), response.reason());
      } else if (step instanceof Step.Unanswered none) {
        outcome = "no response after %s: %s".formatted(millis(none.nanos()), none.why());
      } else if (step instanceof Step.ReplyOut reply && !isNotice(reply.stanza())) {
        replies.append(of(step));
      }
    }
    boolean silent = replies.isEmpty();
    String line =
        block(
            label,
            Ink.ASIDE,
            "%s, a message without a body: %s%s"
                .formatted(what, outcome, silent ? ", no reply" : ""),
            "");
    return silent ? line : line + replies + note("nobody spoke", UNASKED);
  }

  /** Bots may send chat states and markers. */
  private static boolean isNotice(Stanza stanza) {
    return stanza instanceof Message message && message.body() == null && !message.isError();
  }

  /** A line that does not belong to a step. */
  String note(String label, String text) {
    return block(label, Ink.BAD, text, "");
  }

  private String block(String label, Ink ink, String first, String rest) {
    String gap = " ".repeat(Math.max(1, MARGIN - label.length()));
    return ink.on(label, colours) + gap + indented(shown(first)) + "\n" + rest;
  }

  private String headers(List<Map.Entry<String, String>> headers) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, String> header : headers) {
      out.append(INDENT)
          .append(
              Ink.ASIDE.on(shown(header.getKey() + ": " + Recording.shownValue(header)), colours))
          .append('\n');
    }
    return out.toString();
  }

  private static String body(List<Map.Entry<String, String>> headers, String body, boolean cut) {
    if (body.isEmpty()) {
      return "";
    }
    String pretty = isJson(headers) ? PrettyJson.of(body) : null;
    String text = pretty == null ? body : pretty;
    return INDENT
        + indented(shown(text))
        + (cut ? "\n" + INDENT + "… (and more, which is past --max-response)" : "")
        + "\n";
  }

  private static boolean isJson(List<Map.Entry<String, String>> headers) {
    for (Map.Entry<String, String> header : headers) {
      if (header.getKey().equalsIgnoreCase("content-type")) {
        return header.getValue().toLowerCase(Locale.ROOT).contains("json");
      }
    }
    return false;
  }

  /** The text without control characters, because these could write anywhere on the terminal. */
  private static String shown(String text) {
    String start = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
    StringBuilder out = new StringBuilder(start.length());
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      if (c == '\n' || c == '\t' || !Character.isISOControl(c)) {
        out.append(c);
      } else if (c != '\r') {
        out.append("\\u%04X".formatted((int) c));
      }
    }
    if (start.length() < text.length()) {
      out.append("… (%d more characters)".formatted(text.length() - start.length()));
    }
    return Visible.of(out.toString());
  }

  private static String indented(String text) {
    return text.stripTrailing().replace("\n", "\n" + INDENT);
  }

  /** A time for people to read. */
  static String millis(long nanos) {
    double millis = nanos / 1e6;
    return String.format(Locale.ROOT, millis < 100 ? "%.1f ms" : "%.0f ms", millis);
  }

  /** The first line of a message, never null. */
  static String line(@Nullable String message, Throwable error) {
    return message == null
        ? error.getClass().getSimpleName()
        : message.lines().findFirst().orElse(error.getClass().getSimpleName());
  }
}
