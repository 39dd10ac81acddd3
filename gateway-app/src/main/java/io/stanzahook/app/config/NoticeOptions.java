package io.stanzahook.app.config;

import io.stanzahook.dispatch.Notices;
import java.time.Duration;
import java.util.Optional;

/** Those of the {@link RunOptions} that are about what senders are told beside replies. */
final class NoticeOptions {
  static final Option<Boolean> RECEIPTS =
      Option.switchedOff(
          "receipts",
          "answers a message that asks for a receipt (XEP-0184) with one, once the webhook has taken"
              + " it with a 2xx");

  static final Option<Optional<Duration>> COMPOSING =
      Option.of(
          "composing",
          "DURATION|off",
          "off",
          NoticeOptions::composing,
          "tells senders who speak chat states (XEP-0085) that an answer is being written, once the"
              + " webhook takes longer than this; `off`: never");

  private static final ValueParser<Duration> DURATION =
      ValueParsers.duration(Duration.ofMillis(10), Duration.ofMinutes(5));

  private NoticeOptions() {}

  private static Optional<Duration> composing(String text) throws InvalidValueException {
    if (text.trim().equalsIgnoreCase("off")) {
      return Optional.empty();
    }
    try {
      return Optional.of(DURATION.parse(text));
    } catch (InvalidValueException e) {
      throw new InvalidValueException(e.getMessage() + ", nor off");
    }
  }

  /** Both. */
  static Notices read(OptionValues values) {
    return new Notices(values.get(RECEIPTS), values.get(COMPOSING).orElse(null));
  }
}
