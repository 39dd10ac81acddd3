package io.stanzahook.delivery;

import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stanza on its way to the webhook and back. It also is its own place in the order and its own
 * timer, so a delivery costs one object. It belongs to the dispatcher's turns. Only {@link
 * Deliverer} writes it, except for what the journal knows. Public methods are for journals.
 */
public final class Delivery extends KeyedOrder.Element<ConversationKey> {
  /** The position of a delivery that does not outlive the process. */
  static final long NOT_KEPT = 0;

  /** The state of a delivery, which also says what its timer means. */
  enum State {
    /** The journal has it. No timer. */
    TAKEN(false),
    /** It waits for its conversation or for a permit. The timer ends this wait. */
    WAITING(true),
    /**
     * A call is in flight. The timer ends the time of an iq, or shows the sender that an answer is
     * being written.
     */
    CALLING(false),
    /**
     * It waits for its next attempt, and then for a permit. The timer starts the one, and ends the
     * other. In a batch, the first one has the timer of all.
     */
    RETRYING(true),
    /** It was in a batch that the webhook refused, and waits for a smaller batch. No timer. */
    SPLIT(true),
    /** Its answer waits for the end of a minute. The timer sends it then. */
    HELD(true),
    /**
     * Its answer waits for that of the delivery before it, which was in the same batch. No timer.
     */
    BEHIND(true),
    /** It has left the order, or will when the deliveries behind it have been read. No timer. */
    ENDED(false);

    /** Whether it takes room in memory while nothing is done for it. */
    final boolean waits;

    State(boolean waits) {
      this.waits = waits;
    }
  }

  State state = State.TAKEN;

  /** The stanza that is POSTed. It does not change after the first attempt has begun. */
  Stanza stanza;

  final String webhookId;

  /** When it was received, by {@link System#nanoTime}. */
  final long received;

  final ConversationKey conversation;
  long position = NOT_KEPT;
  boolean answersThroughJournal;

  /** Whether its sender has had an error for it before, and gets no other. */
  boolean redelivered;

  /** Whether it got more time, because it waits behind an answer that is held. */
  boolean behindHeld;

  /** Whether its sender is shown that an answer is being written, and whether they ever were. */
  boolean composing;

  boolean composed;

  /** The batch in which it waits for another attempt; null if it waits alone. */
  @Nullable DeliveryBatch batch;

  /** The maximum size of its next batch; 0 if no batch with it was refused. */
  int mostTogether;

  /** The call in flight, and when it began; null before and after. */
  Deliverer.@Nullable Call call;

  long calledAt;

  /** How many attempts have begun, without those that a breaker held back. */
  int attempt;

  /** When its first attempt began, if one has. */
  long firstCalledAt;

  private boolean begun;

  /** How its last attempt failed; null if none has. */
  @Nullable Failed failure;

  /** The time after which no attempt may begin. */
  long retryUntil;

  /** What answers it, while that is held or waits for the delivery before it; null if it failed. */
  @Nullable Answered answered;

  /** Its neighbours in the list of all deliveries, in the order of their arrival. */
  @Nullable Delivery older;

  @Nullable Delivery younger;

  private final Consumer<Delivery> timeIsUp;

  /** A delivery before its first attempt. It may have no order in its conversation. */
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

  /** The stanza that is POSTed. */
  public Stanza stanza() {
    return stanza;
  }

  /** Its conversation, whether or not conversations are kept in order. */
  public ConversationKey conversation() {
    return conversation;
  }

  /** Its position in the journal, which only the journal understands; 0 if it is not kept. */
  public long position() {
    return position;
  }

  /** The journal keeps it at this position. */
  public void keptAt(long place) {
    position = place;
  }

  /** Whether the journal keeps it beyond the end of the process. */
  public boolean isKept() {
    return position != NOT_KEPT;
  }

  /** Whether its answer leaves through the journal. */
  public boolean answersThroughJournal() {
    return answersThroughJournal;
  }

  /** Its answer leaves through the journal, because another process may hold the stream. */
  public void answerThroughJournal() {
    answersThroughJournal = true;
  }

  /** Whether it is an iq request, which has a deadline. */
  boolean isRequest() {
    return stanza instanceof Iq iq && iq.isRequest();
  }

  /** Whether its first attempt, which begins now, is so late that it gets a stamp (XEP-0203). */
  boolean isLate(long now) {
    return !begun && now - received >= Delay.LATE.toNanos();
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

  /** The current attempt failed. */
  void failed(Failed result) {
    boolean heldBack = result.outcome() == Outcome.HELD_BACK;
    if (heldBack) {
      attempt--;
    }
    // An earlier failure says more than that a breaker holds the delivery back for a moment.
    if (failure == null || !heldBack || result.retryAfter() == null) {
      failure = result;
    }
  }
}
