package io.stanzahook.app.sandbox;

import io.stanzahook.app.console.SeenMessage;
import io.stanzahook.app.console.WireListener;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Passes what went over the wire between gateway and webhook to the transcript and to the console.
 *
 * @param steps for the transcript
 * @param wire for the console, with credentials hidden
 */
record Recording(Steps steps, WireListener wire) {
  private static final Pattern CREDENTIALS =
      Pattern.compile(".*(auth|cookie|token|secret|password|api-?key).*", Pattern.CASE_INSENSITIVE);

  /**
   * The value of a header, unless it looks like a credential, because transcripts get into reports.
   */
  static String shownValue(Map.Entry<String, String> header) {
    return CREDENTIALS.matcher(header.getKey()).matches()
        ? "(hidden, %d characters)".formatted(header.getValue().length())
        : header.getValue();
  }

  /** A request was sent. */
  Call posted(Step.Posted request) {
    steps.add(request);
    Call call = new Call(header(request.headers(), "webhook-id"), attempt(request.headers()));
    wire.requested(
        call.webhookId,
        call.attempt,
        message(request.method() + " " + request.url(), request.headers(), request.body(), false));
    return call;
  }

  private static SeenMessage message(
      String line, List<Map.Entry<String, String>> headers, String body, boolean cut) {
    return new SeenMessage(
        line,
        headers.stream().map(header -> Map.entry(header.getKey(), shownValue(header))).toList(),
        body,
        cut);
  }

  private static int attempt(List<Map.Entry<String, String>> headers) {
    String attempt = header(headers, "webhook-attempt");
    return attempt.matches("\\d{1,9}") ? Integer.parseInt(attempt) : 0;
  }

  private static String header(List<Map.Entry<String, String>> headers, String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** One call that has not ended. */
  final class Call {
    private final String webhookId;
    private final int attempt;

    Call(String webhookId, int attempt) {
      this.webhookId = webhookId;
      this.attempt = attempt;
    }

    /** The response came. */
    void responded(Step.Responded response) {
      steps.add(response);
      wire.responded(
          webhookId,
          attempt,
          message(
              "%d %s".formatted(response.status(), response.reason()),
              response.headers(),
              response.body(),
              response.cut()));
    }

    /** No response will come. */
    void unanswered(Step.Unanswered none) {
      steps.add(none);
      wire.unanswered(webhookId, attempt, none.why());
    }
  }
}
