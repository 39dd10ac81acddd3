package io.stanzahook.metrics;

import io.stanzahook.exchange.WebhookResult;

/** Why a delivery is tried again: the label's values in {@code webhook_retries_total}. */
enum RetryReason {
  /** It surely did not reach the webhook. */
  NOT_SENT("not_sent"),
  /** It is not known whether it was processed: a time-out, or a connection that broke. */
  UNKNOWN("unknown"),
  /** The webhook answered with a status that asks for another attempt. */
  STATUS("status");

  private final String label;

  RetryReason(String label) {
    this.label = label;
  }

  /** The label's value. */
  String label() {
    return label;
  }

  /** The reason where this is followed by another attempt. */
  static RetryReason of(WebhookResult.Failed failed) {
    return switch (failed.outcome()) {
      case NOT_SENT, HELD_BACK -> NOT_SENT;
      case UNKNOWN, UNDECODABLE -> UNKNOWN;
      case ANSWERED -> STATUS;
    };
  }
}
