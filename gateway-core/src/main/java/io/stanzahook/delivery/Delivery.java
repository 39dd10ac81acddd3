package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One stanza on its way to the webhook and back. Its place in the order and its timer are its own,
 * too: so that it costs one object. Belongs to the dispatcher's turns; {@link Deliverer} alone
 * writes it, but for what the journal knows. What is public is for journals.
 */
public final class Delivery extends KeyedOrder.Element<ConversationKey> {
  /** The position of one that does not outlive the process. */
  static final long NOT_KEPT = 0;

  /** Where a delivery stands, and what its timer is for. */
  enum State {
    /** It is on its way through the journal. */
    TAKEN(false),
    /** It waits for its conversation, or for a place; until the time-out of the queue. */
    WAITING(true),
    /** It is POSTed; until the end of an iq's time, or until it is shown that an answer comes. */
    CALLING(false),
    /** It waits for its next attempt, then for a place; until then, then until it is too late. */
    RETRYING(true),
    /** It was in a batch that failed for one of its stanzas, and goes in a smaller one. */
    SPLIT(true),
    /** Its answer waits for the minute to end; until then. */
    HELD(true),
    /** Its answer waits for the one before it, which was in the same batch. */
    BEHIND(true),
    /** It has left the order, but for what was to be read behind it. */
    ENDED(false);

    /** Whether it takes room in memory without being worked on. */
    final boolean waits;

    State(boolean waits) {
      this.waits = waits;
    }
  }

  State state = State.TAKEN;

  /** What is POSTed; fixed from the first attempt on. */
  Stanza stanza;

  final String webhookId;

  /** When it was received, by {@link System#nanoTime}. */
  final long received;

  /** What it belongs to, whether or not that is kept in order. */
  final ConversationKey conversation;

  /** Its place in the journal, which alone knows what it means, or {@link #NOT_KEPT}. */
  long position = NOT_KEPT;

  /** What answers it leaves through the journal, because its stream may be elsewhere. */
  boolean answersThroughJournal;

  /** Its sender has had an error for it before, and gets no other. */
  boolean redelivered;

  /** Its time was over behind an answer that was held, and it got more. */
  boolean behindHeld;

  /** Whether its sender believes that an answer is being written, and whether they ever did. */
  boolean composing;

  boolean composed;

  /** What it is called with, or waits with for another attempt; null if it is by itself. */
  @Nullable DeliveryBatch batch;

  /** How many may be in its next batch at most; 0 if no batch with it has failed. */
  int mostTogether;

  /** The call in flight, and since when; null before and after. */
  @Nullable Disposable call;

  long calledAt;

  /** Attempts begun, those held back by a breaker aside. */
  int attempt;

  /** When its first attempt began, once one did. */
  long firstCalledAt;

  private boolean begun;

  /** How its last attempt failed; null while none has. */
  @Nullable Failed failure;

  /** When no further attempt may begin. */
  long retryUntil;

  /** What it was answered with, while it waits for the one before it; null if it failed. */
  @Nullable Answered answered;

  /** What is held. */
  List<OutboundStanza> answer = List.of();

  /** Neighbours among all deliveries, by when they came. */
  @Nullable Delivery older;

  @Nullable Delivery younger;

  private final Consumer<Delivery> timeIsUp;

  /**
   * A delivery that was not called yet.
   *
   * @param ordered whether its conversation is kept in order
   * @param timeIsUp told when its timer fires
   */
  Delivery(
      Stanza stanza,
      String webhookId,
      long received,
      ConversationKey conversation,
      boolean ordered,
      Consumer<Delivery> timeIsUp) {
    super(ordered ? conversation : null);
    this.stanza = stanza;
    this.webhookId = webhookId;
    this.received = received;
    this.conversation = conversation;
    this.timeIsUp = timeIsUp;
  }

  @Override
  protected void fire() {
    timeIsUp.accept(this);
  }

  /** What is POSTed. */
  public Stanza stanza() {
    return stanza;
  }

  /** What it belongs to, whether or not that is kept in order. */
  public ConversationKey conversation() {
    return conversation;
  }

  /** Its place in the journal, which alone knows what it means; 0 if it is not kept. */
  public long position() {
    return position;
  }

  /** The journal keeps it, at this place. */
  public void keptAt(long place) {
    position = place;
  }

  /** Whether what answers it leaves through the journal. */
  public boolean answersThroughJournal() {
    return answersThroughJournal;
  }

  /** What answers it leaves through the journal, because its stream may be elsewhere. */
  public void answerThroughJournal() {
    answersThroughJournal = true;
  }

  /** Whether the journal keeps it beyond the end of the process. */
  public boolean isKept() {
    return position != NOT_KEPT;
  }

  /** Whether it is an iq request: that has a deadline. */
  boolean isRequest() {
    return stanza instanceof Iq iq && iq.isRequest();
  }

  boolean isFirstAttempt() {
    return !begun;
  }

  /** It comes to its first attempt long after it was received (XEP-0203). */
  void late(Instant receivedAt, String domain) {
    stanza = Delay.stamped(stanza, receivedAt, domain);
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
