package io.stanzahook.app.formats;

/**
 * Slack's markup in plain text: links, mentions and escapes are written out. Its marks for bold,
 * italics, struck and code stay: they are those of XEP-0393, Message Styling.
 */
final class SlackText {
  private SlackText() {}

  /** The text as people read it. */
  static String plain(String mrkdwn) {
    StringBuilder plain = new StringBuilder(mrkdwn.length());
    int at = 0;
    while (at < mrkdwn.length()) {
      int open = mrkdwn.indexOf('<', at);
      int close = open < 0 ? -1 : mrkdwn.indexOf('>', open);
      if (close < 0) {
        break;
      }
      plain.append(mrkdwn, at, open).append(reference(mrkdwn.substring(open + 1, close)));
      at = close + 1;
    }
    plain.append(mrkdwn, at, mrkdwn.length());
    return unescape(plain.toString());
  }

  /** The last, so that what was written as an escape is not taken for one again. */
  private static String unescape(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }

  private static String reference(String inside) {
    int bar = inside.indexOf('|');
    String what = bar < 0 ? inside : inside.substring(0, bar);
    String label = bar < 0 ? "" : inside.substring(bar + 1);
    if (what.startsWith("!date^")) {
      return label;
    }
    if (what.startsWith("!subteam^")) {
      return label.isEmpty() ? "@" + what.substring("!subteam^".length()) : at(label);
    }
    if (what.startsWith("!") || what.startsWith("@")) {
      return label.isEmpty() ? "@" + what.substring(1) : at(label);
    }
    if (what.startsWith("#")) {
      return "#" + (label.isEmpty() ? what.substring(1) : label);
    }
    String target = what.startsWith("mailto:") ? what.substring("mailto:".length()) : what;
    return label.isEmpty() || label.equals(target) ? target : label + " (" + target + ")";
  }

  private static String at(String label) {
    return label.startsWith("@") ? label : "@" + label;
  }
}
