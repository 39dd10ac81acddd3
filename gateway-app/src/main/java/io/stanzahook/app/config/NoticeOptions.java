package io.stanzahook.app.config;

/** Those of the {@link RunOptions} that are about what senders are told beside replies. */
final class NoticeOptions {
  static final Option<Boolean> RECEIPTS =
      Option.switchedOff(
          "receipts",
          "answers a message that asks for a receipt (XEP-0184) with one, once the webhook has taken"
              + " it with a 2xx");

  private NoticeOptions() {}
}
