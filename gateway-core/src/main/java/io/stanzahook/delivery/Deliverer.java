package io.stanzahook.delivery;

import io.stanzahook.delivery.Delivery.State;
import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.order.Turns;
import io.stanzahook.order.Wheel;
import io.stanzahook.spool.Burial;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;

/**
 * Delivers what the journal hands out, in five steps: {@link #attempt}, when it is the delivery's
 * turn; {@link #retryOrGiveUp}, if that failed; {@link #answer}, by what the webhook said; {@link
 * #send}; and {@link #settle} with the journal. Only this class moves a delivery from one {@link
 * State} to the next. A delivery has at most one timer, and its state says what the timer means.
 *
 * <p>The five steps stand in one class, though it is long: each reads and writes the state of the
 * others, so apart they would share one object with nobody responsible for it.
 *
 * <p>Belongs to the turns of its {@link KeyedOrder}; results of calls come on any thread and take a
 * turn.
 */
final class Deliverer implements Journal.Deliveries, CoreSubscriber<Delivery> {
  /** A kept message is tried for at least so long after its first attempt, however old it is. */
  static final Duration LEAST_FOR_KEPT = Duration.ofMinutes(1);

  /** Deliveries that have their next attempt at once where that is asked for. */
  private static final int MAX_HASTENED = 8;

  private final String domain;
  private DispatchSettings settings;
  private final Webhook webhook;
  private final Answers answers;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final KeyedOrder<ConversationKey, Delivery> order;
  private final Wheel wheel;
  private final Replies replies;
  private final Journal journal;
  private final Consumer<Delivery> timeIsUp = this::timeIsUp;
  private final Consumer<Attempt> attempted = this::attempted;
  private final QuickTurns quickTurns = new QuickTurns();
  private final Brake brake;

  /** How long the webhook may take before its work is shown as writing; 0 for ever. */
  private final long composingAfter;

  private RetryPolicy retryPolicy;
  private ConcurrencyLimit limit;
  private boolean draining;

  /** The stream is about to be closed: what is kept and not answered by then stays kept. */
  private boolean ending;

  /** All deliveries that have not ended, by when they came. */
  private @Nullable Delivery oldest;

  private @Nullable Delivery youngest;

  /** Deliveries that take room in memory without being worked on, kept ones and others. */
  private int waitingKept;

  private int waitingUnkept;

  /**
   * None yet.
   *
   * @param journal opens what they go through, at once
   * @param turnEnds run at the end of each turn
   * @param faults told what is thrown in turns
   */
  Deliverer(
      String domain,
      DispatchSettings settings,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      DispatchClock clock,
      DoubleSupplier random,
      Journal.Opener journal,
      Runnable turnEnds,
      Consumer<Throwable> faults) {
    this.domain = domain;
    this.settings = settings;
    this.webhook = webhook;
    this.answers = new Answers(domain, settings.notices().receipts(), listener);
    this.listener = listener;
    this.nanoTime = clock.nanoTime();
    this.millis = clock.millis();
    this.limit = ConcurrencyLimit.of(settings.flow().concurrency(), nanoTime.getAsLong());
    this.retryPolicy = new RetryPolicy(settings.retry(), random);
    this.brake = new Brake(settings.flow().answersPerMinute());
    Duration composing = settings.notices().composing();
    this.composingAfter = composing == null ? 0 : composing.toNanos();
    this.order = new KeyedOrder<>(this::permits, KeyedOrder.UNBOUNDED, turnEnds, faults);
    this.wheel = new Wheel(nanoTime, clock.scheduler(), this::take);
    this.replies = new Replies(outbound, this::take, listener, this::settle);
    this.journal = journal.open(this);
  }

  /** Begins, once turns may end. */
  void start() {
    order.subscribe(this);
  }

  Journal journal() {
    return journal;
  }

  Replies replies() {
    return replies;
  }

  Turns turns() {
    return order.turns();
  }

  Wheel wheel() {
    return wheel;
  }

  /** Calls in flight. */
  int calls() {
    return order.running();
  }

  /** How many may be in flight now. */
  int limit() {
    return limit.limit();
  }

  /** How many of those that the journal keeps wait, for whatever. */
  int waitingKept() {
    return waitingKept;
  }

  /** How many others wait. */
  int waitingUnkept() {
    return waitingUnkept;
  }

  /** When the one was received that waits longest, or now. */
  long oldestWaiting() {
    for (Delivery each = oldest; each != null; each = each.younger) {
      if (each.state.waits) {
        return each.received;
      }
    }
    return nanoTime.getAsLong();
  }

  /** Whether so much waits behind held answers of a stanza's conversation that no more may. */
  boolean isBraked(Stanza stanza) {
    if (brake.isIdle() || stanza instanceof Iq) {
      return false;
    }
    ConversationKey key = ConversationKey.of(stanza);
    int held = brake.held(key);
    return held >= Brake.MAX_HELD || (held > 0 && order.waiting(key) >= Brake.MAX_HELD);
  }

  private int permits() {
    return replies.unwrittenKept() > settings.flow().queue() ? 0 : limit.limit();
  }

  void change(DispatchSettings next) {
    if (!next.flow().concurrency().equals(settings.flow().concurrency())) {
      limit = ConcurrencyLimit.of(next.flow().concurrency(), nanoTime.getAsLong());
    }
    retryPolicy = retryPolicy.with(next.retry());
    settings = next;
    if (brake.change(next.flow().answersPerMinute())) {
      each(delivery -> delivery.state == State.HELD, this::release);
    }
  }

  @Override
  public Delivery delivery(Stanza stanza, String webhookId, long received) {
    ConversationKey key = ConversationKey.of(stanza);
    boolean ordered =
        settings.order() == DispatchSettings.Order.CONVERSATION
            && !(stanza instanceof Iq && brake.held(key) > 0);
    return new Delivery(stanza, webhookId, received, key, ordered, timeIsUp);
  }

  @Override
  public void take(Runnable step) {
    order.turns().take(step);
  }

  @Override
  public void later(Duration delay, Runnable step) {
    wheel.in(delay.toNanos(), step);
  }

  @Override
  public int waiting(ConversationKey conversation) {
    return order.waiting(conversation);
  }

  @Override
  public void next(Delivery delivery) {
    link(delivery);
    to(State.WAITING, delivery);
    order.onNext(delivery);
    if (delivery.state == State.WAITING && !delivery.isKept()) {
      long most = settings.queueTimeout().toNanos();
      if (delivery.stanza instanceof Iq) {
        most = Math.min(most, settings.iqTimeout().toNanos());
      }
      wheel.set(delivery, delivery.received + most);
    }
    if (delivery.state == State.WAITING) {
      listener.waiting(delivery.stanza, delivery.webhookId);
    }
  }

  @Override
  public void onSubscribe(Subscription turns) {
    turns.request(Long.MAX_VALUE);
  }

  /** It is its turn: there is a place, and none of its conversation is before it. */
  @Override
  public void onNext(Delivery delivery) {
    attempt(delivery);
  }

  @Override
  public void onError(Throwable error) {
    throw new IllegalStateException("what comes to be delivered has no end", error);
  }

  @Override
  public void onComplete() {
    throw new IllegalStateException("what comes to be delivered has no end");
  }

  /** Step one: calls the webhook. */
  private void attempt(Delivery delivery) {
    long now = nanoTime.getAsLong();
    wheel.cancel(delivery);
    if (delivery.state == State.RETRYING && delivery.retryUntil - now <= 0) {
      giveUp(delivery);
      return;
    }
    if (delivery.isFirstAttempt() && now - delivery.received >= Delay.LATE.toNanos()) {
      long ago = TimeUnit.NANOSECONDS.toMillis(now - delivery.received);
      delivery.late(Instant.ofEpochMilli(millis.getAsLong() - ago), domain);
    }
    to(State.CALLING, delivery);
    delivery.calling(now);
    listener.calling(delivery.stanza, delivery.webhookId, delivery.attempt);
    if (delivery.isRequest()) {
      wheel.set(delivery, delivery.received + settings.iqTimeout().toNanos());
    } else if (composingAfter > 0 && !delivery.composed && speaksStates(delivery)) {
      wheel.set(delivery, now + composingAfter);
    }
    Attempt attempt = new Attempt(delivery);
    delivery.call = attempt;
    try {
      webhook.post(delivery.stanza, delivery.webhookId, delivery.attempt).subscribe(attempt);
    } catch (RuntimeException fault) {
      // Its place must not be lost with it.
      order.turns().take(attempted, attempt);
      throw fault;
    }
  }

  /** One call: it is told from an earlier one of its delivery, which may end late. */
  private final class Attempt extends BaseSubscriber<WebhookResult> {
    final Delivery delivery;

    /** Null as long as there is none, and where it ended without. */
    private @Nullable WebhookResult result;

    Attempt(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    protected void hookOnNext(WebhookResult value) {
      result = value;
      order.turns().take(attempted, this);
    }

    @Override
    protected void hookOnComplete() {
      if (result == null) {
        order.turns().take(attempted, this);
      }
    }

    @Override
    protected void hookOnError(Throwable error) {
      order.turns().take(attempted, this);
    }
  }

  private void attempted(Attempt attempt) {
    // Of one that nobody waits for any more, whatever it brings, no reply may leave.
    if (attempt.delivery.call == attempt) {
      attempted(attempt.delivery, attempt.result);
    }
  }

  private void attempted(Delivery delivery, @Nullable WebhookResult result) {
    delivery.call = null;
    wheel.cancel(delivery);
    long now = nanoTime.getAsLong();
    long nanos = now - delivery.calledAt;
    if (!(result instanceof Failed failed && failed.outcome() == Outcome.HELD_BACK)) {
      limit.callEnded(now, nanos, order.running(), ConcurrencyLimit.Outcome.of(result));
    }
    if (result != null) {
      listener.called(delivery.stanza, delivery.webhookId, delivery.attempt, result, nanos);
    }
    if (result instanceof Answered answered) {
      answer(delivery, answered);
      return;
    }
    if (delivery.composing) {
      delivery.composing = false;
      replies.send(List.of(ChatStates.alone(delivery.stanza, ChatStates.PAUSED)), null);
    }
    if (result instanceof Failed failed) {
      retryOrGiveUp(delivery, failed, now);
    } else if (delivery.isKept()) {
      // It is in the journal, and delivered after the next start.
      end(delivery);
    } else {
      send(delivery, answers.cutShort(delivery.stanza));
    }
  }

  /** Step two: another attempt, where that may help and there is time, else an error. */
  private void retryOrGiveUp(Delivery delivery, Failed failed, long now) {
    int attempt = delivery.attempt;
    delivery.failed(failed);
    long until = retryUntil(delivery);
    long delay = retryPolicy.delay(failed, delivery.attempt, until - now);
    if (delay == RetryPolicy.NEVER) {
      giveUp(delivery);
    } else if (draining && delivery.isKept()) {
      end(delivery);
    } else {
      delivery.retryUntil = until;
      to(State.RETRYING, delivery);
      order.pause(delivery);
      wheel.set(delivery, now + delay);
      listener.retrying(delivery.stanza, delivery.webhookId, attempt, failed, delay);
    }
  }

  private long retryUntil(Delivery delivery) {
    Duration retryFor = retryPolicy.retryFor();
    if (delivery.isKept()) {
      // By when it came, over restarts; but some attempts for what waited for longer than that.
      long nanos = retryFor.toNanos();
      return Math.max(
              nanos - (delivery.firstCalledAt - delivery.received),
              Math.min(nanos, LEAST_FOR_KEPT.toNanos()))
          + delivery.firstCalledAt;
    }
    long until = delivery.firstCalledAt + journal.exit().retryForUnkept(retryFor).toNanos();
    if (delivery.isRequest()) {
      long iqUntil = delivery.received + settings.iqTimeout().toNanos();
      until = iqUntil - until < 0 ? iqUntil : until;
    }
    return until;
  }

  private void giveUp(Delivery delivery) {
    Failed failed = Objects.requireNonNull(delivery.failure);
    listener.gaveUp(delivery.stanza, delivery.webhookId, delivery.attempt, failed);
    String cause =
        failed.outcome() == Outcome.ANSWERED
            ? "status_" + failed.status()
            : failed.outcome().label();
    String condition = failed.error().condition().elementName();
    bury(delivery, cause, condition, failed.error().text(), failed.status(), failed.response());
    send(delivery, delivery.redelivered ? List.of() : answers.of(delivery, failed));
  }

  /** Makes a kept one a dead letter, before its sender is told: so that is done once. */
  private void bury(
      Delivery delivery, String cause, String condition, String text, int status, String response) {
    if (delivery.isKept()) {
      journal
          .exit()
          .bury(
              delivery.position,
              new Burial(
                  millis.getAsLong(), delivery.attempt, cause, condition, text, status, response));
      count(delivery, -1);
      delivery.position = Delivery.NOT_KEPT;
      count(delivery, 1);
      listener.buried(delivery.stanza, delivery.webhookId, cause);
    }
  }

  /** Step three: what the sender is told, by what the webhook said. */
  private void answer(Delivery delivery, Answered answered) {
    boolean taken = true;
    if (answered.replies().isEmpty() && !answered.dropped().isEmpty()) {
      DroppedReply dropped = answered.dropped().get(0);
      if (dropped.reason() == Reason.UNREADABLE || dropped.reason() == Reason.TOO_LARGE) {
        taken = !delivery.isKept();
        String cause = dropped.reason().label();
        bury(delivery, cause, "", dropped.detail(), answered.status(), dropped.response());
      }
    }
    List<OutboundStanza> said = answers.of(delivery, answered, taken);
    boolean counts = !answered.replies().isEmpty() && !said.isEmpty() && !delivery.isRequest();
    if (composingAfter > 0 && speaksStates(delivery)) {
      said = ChatStates.in(said, delivery.stanza, delivery.composing);
    }
    long held = counts ? held(delivery) : 0;
    if (held > 0) {
      hold(delivery, said, held);
    } else {
      send(delivery, said);
    }
  }

  private boolean speaksStates(Delivery delivery) {
    return ChatStates.areSpokenIn(delivery.stanza) && !delivery.stanza.from().hasDomain(domain);
  }

  /** For how long an answer is held, against bots that answer each other. */
  private long held(Delivery delivery) {
    ConversationKey key = delivery.conversation;
    long now = nanoTime.getAsLong();
    if (quickTurns.answered(delivery.stanza, key, delivery.received, now)) {
      listener.looksLikeBots(delivery.stanza);
    }
    return delivery.stanza instanceof Iq ? 0 : brake.count(key, now);
  }

  /** Lets an answer wait. What comes behind it waits, too, but for iqs, which have no time. */
  private void hold(Delivery delivery, List<OutboundStanza> answer, long nanos) {
    boolean first = brake.hold(delivery.conversation);
    delivery.answer = answer;
    to(State.HELD, delivery);
    order.pause(delivery);
    wheel.set(delivery, nanoTime.getAsLong() + nanos);
    listener.answerHeld(delivery.stanza, delivery.webhookId, nanos, first);
    for (Delivery behind = order.behind(delivery); behind != null; ) {
      Delivery next = order.behind(behind);
      if (behind.stanza instanceof Iq) {
        order.free(behind);
      }
      behind = next;
    }
  }

  private void release(Delivery delivery) {
    wheel.cancel(delivery);
    brake.release(delivery.conversation);
    send(delivery, delivery.answer);
  }

  /** Step four: what the sender is told leaves, and the next of the conversation may come. */
  private void send(Delivery delivery, List<OutboundStanza> answer) {
    replies.send(answer, delivery);
    end(delivery);
  }

  /** Step five: it is final, now that its answer is written, or never will be. */
  private void settle(Delivery delivery, @Nullable Throwable error) {
    if (delivery.isKept()) {
      if (error != null && ending) {
        return;
      }
      journal.exit().settle(delivery.position);
    }
    if (error == null) {
      listener.settled(
          delivery.stanza, delivery.webhookId, nanoTime.getAsLong() - delivery.received);
    } else {
      listener.dropped(delivery.stanza, delivery.webhookId, Answers.notSent(error.getMessage()));
    }
  }

  /** It leaves the order, after those of its conversation that were left behind it. */
  private void end(Delivery delivery) {
    unlink(delivery);
    to(State.ENDED, delivery);
    leave(delivery);
  }

  private void leave(Delivery delivery) {
    ConversationKey key = delivery.conversation;
    if (order.isAlone(delivery) && journal.exit().hasLeft(key)) {
      order.pause(delivery);
      journal.exit().bringLeft(key, () -> leave(delivery));
    } else {
      order.done(delivery);
    }
  }

  private void timeIsUp(Delivery delivery) {
    switch (delivery.state) {
      case WAITING -> waitedTooLong(delivery);
      case CALLING -> {
        if (delivery.isRequest()) {
          cancelCall(delivery);
          attempted(delivery, tooLate());
        } else {
          delivery.composing = true;
          delivery.composed = true;
          replies.send(List.of(ChatStates.alone(delivery.stanza, ChatStates.COMPOSING)), null);
        }
      }
      case RETRYING -> {
        if (delivery.retryUntil - nanoTime.getAsLong() <= 0) {
          giveUp(delivery);
        } else {
          order.resume(delivery);
          wheel.set(delivery, delivery.retryUntil);
        }
      }
      case HELD -> {
        long now = nanoTime.getAsLong();
        long nanos = brake.count(delivery.conversation, now);
        if (nanos > 0) {
          wheel.set(delivery, now + nanos);
        } else {
          release(delivery);
        }
      }
      case TAKEN, ENDED -> throw new IllegalStateException("its timer was not cancelled");
    }
  }

  /** Lets those that wait longest for another attempt have it now. */
  void hasten() {
    int left = MAX_HASTENED;
    for (Delivery each = oldest; each != null && left > 0; ) {
      Delivery next = each.younger;
      if (each.state == State.RETRYING && each.retryUntil - nanoTime.getAsLong() > 0) {
        left--;
        wheel.cancel(each);
        order.resume(each);
        wheel.set(each, each.retryUntil);
      }
      each = next;
    }
  }

  /** Behind a held answer that is not its fault: it gets more time. */
  private void waitedTooLong(Delivery delivery) {
    if (!delivery.behindHeld
        && !(delivery.stanza instanceof Iq)
        && settings.order() == DispatchSettings.Order.CONVERSATION
        && brake.isBraking(delivery.conversation)) {
      delivery.behindHeld = true;
      long most = settings.queueTimeout().toNanos() + Brake.MAX_BEHIND_HELD;
      wheel.set(delivery, delivery.received + most);
    } else {
      end(delivery);
      listener.waitingRefused(delivery.stanza, delivery.webhookId, RefusalReason.QUEUE_TIMEOUT);
      refuse(delivery.stanza, RefusalReason.QUEUE_TIMEOUT);
    }
  }

  /** Turns a stanza away. */
  void refuse(Stanza stanza, RefusalReason reason) {
    listener.refused(stanza, reason);
    answerRefusal(stanza, reason);
  }

  /** Answers a stanza that is refused without a call. */
  void answerRefusal(Stanza stanza, RefusalReason reason) {
    replies.send(answers.refusal(stanza, reason), null);
  }

  private static void cancelCall(Delivery delivery) {
    Objects.requireNonNull(delivery.call).dispose();
  }

  private Failed tooLate() {
    return new Failed(
        Outcome.UNKNOWN,
        0,
        Answers.TOO_LATE,
        "no response within the %d s of ‹iq-timeout›".formatted(settings.iqTimeout().toSeconds()),
        null);
  }

  /** The end begins: answers are held no longer, and what is kept waits for the next start. */
  void beginDrain() {
    draining = true;
    journal.exit().stop();
    brake.open();
    each(delivery -> delivery.state == State.HELD, this::release);
    each(delivery -> delivery.isKept() && delivery.state.waits, this::forget);
  }

  @Override
  public void lost(LongPredicate positions) {
    each(delivery -> delivery.isKept() && positions.test(delivery.position), this::forget);
  }

  /** Lets go of one that the journal knows, or somebody else: nothing more is said of it. */
  private void forget(Delivery delivery) {
    if (delivery.state == State.CALLING) {
      cancelCall(delivery);
      delivery.call = null;
    } else if (delivery.state == State.HELD) {
      brake.release(delivery.conversation);
    }
    wheel.cancel(delivery);
    end(delivery);
  }

  /** Ends all calls, gives up what waits for another, and turns away the rest, in their order. */
  void cutShort() {
    ending = true;
    each(
        delivery -> true,
        delivery -> {
          wheel.cancel(delivery);
          switch (delivery.state) {
            case CALLING -> {
              cancelCall(delivery);
              attempted(delivery, null);
            }
            case RETRYING -> giveUp(delivery);
            case HELD -> release(delivery);
            case WAITING -> {
              end(delivery);
              refuse(delivery.stanza, RefusalReason.SHUTDOWN);
            }
            case TAKEN, ENDED -> throw new IllegalStateException("it is not open");
          }
        });
  }

  private void each(Predicate<Delivery> which, Consumer<Delivery> step) {
    for (Delivery each = oldest; each != null; ) {
      Delivery next = each.younger;
      if (which.test(each)) {
        step.accept(each);
      }
      each = next;
    }
  }

  private void to(State next, Delivery delivery) {
    count(delivery, -1);
    delivery.state = next;
    count(delivery, 1);
  }

  private void count(Delivery delivery, int more) {
    if (delivery.state.waits) {
      if (delivery.isKept()) {
        waitingKept += more;
      } else {
        waitingUnkept += more;
      }
    }
  }

  private void link(Delivery delivery) {
    Delivery before = youngest;
    delivery.older = before;
    if (before == null) {
      oldest = delivery;
    } else {
      before.younger = delivery;
    }
    youngest = delivery;
  }

  private void unlink(Delivery delivery) {
    Delivery before = delivery.older;
    Delivery after = delivery.younger;
    if (before == null) {
      oldest = after;
    } else {
      before.younger = after;
    }
    if (after == null) {
      youngest = before;
    } else {
      after.older = before;
    }
    delivery.older = null;
    delivery.younger = null;
  }
}
