package io.stanzahook.app.hooks;

import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;

/** Answers like those of Slack's incoming webhooks: one word, as plain text. */
final class SlackAnswer {
  /** A header with the reason as a sentence, since the word alone may not be enough. */
  private static final String WHY = "Stanzahook-Error";

  private static final int MAX_REASON = 300;

  private SlackAnswer() {}

  static Reply ok() {
    return Reply.text(200, "ok");
  }

  /** The body has no text to show. */
  static Reply noText() {
    return Reply.text(400, "no_text");
  }

  static Reply error(ApiException error) {
    return Reply.text(error.status(), word(error.status()))
        .with(WHY, line(error.text()))
        .retryAfter(error.retryAfter());
  }

  private static String word(int status) {
    return switch (status) {
      case 401 -> "invalid_token";
      case 403 -> "action_prohibited";
      case 404 -> "channel_not_found";
      case 429 -> "rate_limited";
      case 503, 504 -> "service_unavailable";
      case 400, 413, 415, 422 -> "invalid_payload";
      default -> "action_prohibited";
    };
  }

  /** The text without characters that a header cannot contain. */
  private static String line(String text) {
    String line = text.replaceAll("[^ -~]+", " ");
    return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) : line;
  }
}
