package io.stanzahook.delivery;

import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.WebhookResult.Failed;
import io.stanzahook.webhook.WebhookResult.Outcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** One stanza on its way to the webhook and back. Its fields belong to the dispatcher's turns. */
final class Delivery {
  /** What is POSTed; fixed from the first attempt on. */
  Stanza stanza;

  /** When it was received, by {@link System#nanoTime}. */
  final long received;

  final String webhookId;

  /** Its place in the spool; 0 for one that is not kept there, or no more. */
  long position;

  /** Its sender has had an error for it before, and gets no other. */
  boolean redelivered;

  /** The conversation it belongs to; an iq may leave one that waits for an answer to leave. */
  Lane lane;

  /** It waits, or waited, behind an answer that was held, and so for longer than others may. */
  boolean behindHeld;

  /** Those before and after it in the same conversation, while it waits there. */
  @Nullable Delivery previous;

  @Nullable Delivery next;

  /** Neighbours in the list of those that wait, or of those in flight. */
  @Nullable Delivery older;

  @Nullable Delivery younger;

  /** Whether its sender believes that an answer is being written, and whether they ever did. */
  boolean composing;

  boolean composed;

  /** The call in flight, and since when; null before and after. */
  @Nullable Disposable call;

  long calledAt;

  /** Attempts begun, those held back by a breaker aside. */
  int attempt;

  /** Whether {@link #firstCalledAt} is set. */
  private boolean begun;

  /** When its first attempt began. */
  long firstCalledAt;

  /** How its last attempt failed; null while none has. */
  @Nullable Failed failure;

  /** While it waits for its next attempt: when that may begin, and when not any more. */
  long dueAt;

  long retryUntil;

  Delivery(Stanza stanza, long received, String webhookId, Lane lane) {
    this.stanza = stanza;
    this.received = received;
    this.webhookId = webhookId;
    this.lane = lane;
  }

  /** Whether the spool keeps it. */
  boolean isKept() {
    return position > 0;
  }

  /** Whether no attempt was made yet. */
  boolean isFirstAttempt() {
    return !begun;
  }

  /** It comes to its first attempt long after it was received (XEP-0203). */
  void late(Instant receivedAt, String domain) {
    stanza = Delay.stamped(stanza, receivedAt, domain);
  }

  /** Whether it is an iq request: that has a deadline. */
  boolean isRequest() {
    return stanza instanceof Iq iq && iq.isRequest();
  }

  /** The one of two that was received first. */
  static @Nullable Delivery older(@Nullable Delivery one, @Nullable Delivery other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.received - one.received < 0 ? other : one;
  }

  /** An attempt begins. */
  void calling(long now) {
    calledAt = now;
    attempt++;
    if (!begun) {
      begun = true;
      firstCalledAt = now;
    }
  }

  /** The attempt at hand failed. */
  void failed(Failed result) {
    boolean heldBack = result.outcome() == Outcome.HELD_BACK;
    if (heldBack) {
      attempt--;
    }
    // That a breaker holds it back for a moment says less than what went wrong before.
    if (failure == null || !heldBack || result.retryAfter() == null) {
      failure = result;
    }
  }
}
