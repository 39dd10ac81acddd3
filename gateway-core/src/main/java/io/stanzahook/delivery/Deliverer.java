package io.stanzahook.delivery;

import io.stanzahook.delivery.Delivery.State;
import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.AnsweredEach;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.local.LocalService;
import io.stanzahook.order.Concurrency;
import io.stanzahook.order.ConcurrencyLimit;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.order.Turns;
import io.stanzahook.order.Wheel;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Batching;
import io.stanzahook.webhook.Webhook;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/**
 * Delivers what the journal hands out, in five steps, which stand below in this order: {@link
 * #attempt}, when it is the delivery's turn; {@link #retryOrGiveUp}, if that failed; {@link
 * #answer}, by what the webhook said; {@link #send}; and {@link #settle} with the journal. After
 * them come the timers, the calls with a batch, and the end. Only this class moves a delivery from
 * one {@link State} to the next. A delivery has at most one timer, and its state says what the
 * timer means.
 *
 * <p>All of this is one class, although it is long, because each part reads and writes the state of
 * the others. In several classes they would share one object for which nobody is responsible. This
 * includes calls with a batch, because a delivery may enter or leave a batch in each step.
 * Decisions that change no state have classes of their own: who shares a batch ({@link Gathering}),
 * when one begins ({@link BatchGate}), and who is tried again after a batch has failed ({@link
 * AnotherAttempt}).
 *
 * <p>Belongs to the turns of its {@link KeyedOrder}; results of calls come on any thread and take a
 * turn.
 */
final class Deliverer implements Journal.Deliveries, CoreSubscriber<Delivery> {
  /** A kept message is tried for at least this long after its first attempt, however old it is. */
  static final Duration MIN_FOR_KEPT = Duration.ofMinutes(1);

  /** The maximum number of deliveries whose next attempt {@link #hasten} starts. */
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
  private final Consumer<BatchAttempt> batchAttempted = this::attempted;

  /** Null if the webhook takes no batches, whatever the settings say. */
  private final @Nullable Gathering gathering;

  private final BatchGate gate;
  private final IntUnaryOperator joinable;
  private final WebhookIds batchIds = new WebhookIds(new SecureRandom(), "bat_");
  private final QuickTurns quickTurns = new QuickTurns();
  private final Brake brake;

  /** After how long the sender is shown that an answer is being written; 0 for never. */
  private final long composingAfter;

  private RetryPolicy retryPolicy;
  private ConcurrencyLimit limit;
  private boolean draining;

  /** The stream is about to be closed. Kept messages without an answer stay kept. */
  private boolean ending;

  /** All deliveries that have not ended, in the order of their arrival. */
  private @Nullable Delivery oldest;

  private @Nullable Delivery youngest;

  /** How many deliveries are in calls. */
  private int called;

  /** While deliveries are forgotten, those behind them in a batch do not go on. */
  private boolean forgetting;

  /** How many deliveries wait, kept ones and others. */
  private int waitingKept;

  private int waitingUnkept;

  /**
   * Opens the journal. Deliveries begin with {@link #start}.
   *
   * @param local answers stanzas that the webhook leaves to the gateway
   * @param journal is opened at once
   * @param turnEnds runs at the end of each turn
   * @param faults is told of exceptions in turns
   */
  Deliverer(
      String domain,
      DispatchSettings settings,
      LocalService local,
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
    this.answers = new Answers(domain, settings.notices().receipts(), local, listener);
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
    this.gate = new BatchGate(this::take, wheel::in);
    Batching batching = webhook.batching();
    this.gathering =
        batching == null ? null : new Gathering(batching, this::staysBehind, Deliverer::isLate);
    this.joinable = order::inLine;
    this.journal = journal.open(this);
    this.replies = new Replies(outbound, this.journal.exit(), this::take, listener, this::settle);
  }

  /** Begins. Turns may end from now on. */
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

  /** How many of the kept deliveries wait, for whatever reason. */
  int waitingKept() {
    return waitingKept;
  }

  /** How many of the other deliveries wait. */
  int waitingUnkept() {
    return waitingUnkept;
  }

  /** When the delivery that waits longest was received; now if none waits. */
  long oldestWaiting() {
    for (Delivery each = oldest; each != null; each = each.younger) {
      if (each.state.waits) {
        return each.received;
      }
    }
    return nanoTime.getAsLong();
  }

  /** Whether too many stanzas wait behind held answers of this stanza's conversation. */
  boolean isBraked(Stanza stanza) {
    if (brake.isIdle() || stanza instanceof Iq) {
      return false;
    }
    ConversationKey key = ConversationKey.of(stanza);
    int held = brake.held(key);
    return held >= Brake.MAX_HELD || (held > 0 && order.waiting(key) >= Brake.MAX_HELD);
  }

  private int permits() {
    if (replies.unwrittenKept() > settings.flow().queue()) {
      return 0;
    }
    BatchSettings batch = settings.flow().batches();
    return !hasBatches()
            || (called + batch.most() <= Concurrency.MAX
                && gate.isOpen(batch, order.inLine(), joinable))
        ? limit.limit()
        : 0;
  }

  /** Whether stanzas are POSTed in batches now. */
  private boolean hasBatches() {
    return gathering != null && settings.flow().batches().isOn();
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
    if (hasBatches()) {
      gate.arrives();
      if (delivery.isRequest()) {
        gate.open();
      }
    }
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

  /**
   * It is the turn of this delivery: it has a permit, and no other one of its conversation is
   * before it.
   */
  @Override
  public void onNext(Delivery delivery) {
    if (delivery.batch != null) {
      attemptAgain(delivery.batch);
    } else if (!mayGoOn(delivery)) {
      return;
    } else if (isOver(delivery)) {
      giveUp(delivery);
    } else if (hasBatches()) {
      attemptTogether(delivery);
    } else {
      attempt(delivery);
    }
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
    calling(delivery, nanoTime.getAsLong());
    listener.calling(delivery.stanza, delivery.webhookId, delivery.attempt);
    Attempt attempt = new Attempt(delivery);
    delivery.call = attempt;
    try {
      webhook.post(delivery.stanza, delivery.webhookId, delivery.attempt).subscribe(attempt);
    } catch (RuntimeException fault) {
      // Otherwise its permit would be lost.
      order.turns().take(attempted, attempt);
      throw fault;
    }
  }

  private void calling(Delivery delivery, long now) {
    wheel.cancel(delivery);
    if (isLate(delivery, now)) {
      long ago = TimeUnit.NANOSECONDS.toMillis(now - delivery.received);
      delivery.late(Instant.ofEpochMilli(millis.getAsLong() - ago), domain);
    }
    to(State.CALLING, delivery);
    delivery.calling(now);
    if (delivery.isRequest()) {
      wheel.set(delivery, delivery.received + settings.iqTimeout().toNanos());
    } else if (composingAfter > 0 && !delivery.composed && speaksStates(delivery)) {
      wheel.set(delivery, now + composingAfter);
    }
  }

  private boolean isOver(Delivery delivery) {
    return delivery.state == State.RETRYING && delivery.retryUntil - nanoTime.getAsLong() <= 0;
  }

  private static boolean isLate(Delivery delivery, long now) {
    return delivery.isFirstAttempt() && now - delivery.received >= Delay.LATE.toNanos();
  }

  /** Whether the next step may begin, which only the owner of a kept delivery may do. */
  private boolean mayBegin(Delivery delivery) {
    return !delivery.isKept() || journal.exit().mayBegin(delivery);
  }

  /** Whether its next step may begin. If not, it is forgotten. */
  private boolean mayGoOn(Delivery delivery) {
    boolean may = mayBegin(delivery);
    if (!may) {
      forget(delivery);
    }
    return may;
  }

  /**
   * One call. It is distinguished from an earlier call of the same delivery, which may end late.
   */
  private abstract static class Call extends BaseSubscriber<WebhookResult> {
    /** Null before the call has ended, and if it ended without a result. */
    @Nullable WebhookResult result;

    /** The call has ended. Goes on in a turn. */
    abstract void takeTurn();

    @Override
    protected final void hookOnNext(WebhookResult value) {
      result = value;
      takeTurn();
    }

    @Override
    protected final void hookOnComplete() {
      if (result == null) {
        takeTurn();
      }
    }

    @Override
    protected final void hookOnError(Throwable error) {
      takeTurn();
    }
  }

  /** A call with one delivery. */
  private final class Attempt extends Call {
    final Delivery delivery;

    Attempt(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    void takeTurn() {
      order.turns().take(attempted, this);
    }
  }

  private void attempted(Attempt attempt) {
    // If nobody waits for the call any more, no reply may leave, whatever it brings.
    if (attempt.delivery.call == attempt) {
      attempted(attempt.delivery, attempt.result);
    }
  }

  private void attempted(Delivery delivery, @Nullable WebhookResult result) {
    long now = nanoTime.getAsLong();
    callEnded(result, now, delivery);
    if (result != null) {
      listener.called(
          delivery.stanza, delivery.webhookId, delivery.attempt, result, now - delivery.calledAt);
    }
    ended(delivery, result, now);
  }

  private void callEnded(@Nullable WebhookResult result, long now, Delivery of) {
    if (!(result instanceof Failed failed && failed.outcome() == Outcome.HELD_BACK)) {
      limit.callEnded(
          now,
          now - of.calledAt,
          order.running(),
          result == null || result.isOverload()
              ? ConcurrencyLimit.Outcome.OVERLOADED
              : ConcurrencyLimit.Outcome.DONE);
    }
  }

  /** A call with this delivery has ended. */
  private void ended(Delivery delivery, @Nullable WebhookResult result, long now) {
    delivery.call = null;
    wheel.cancel(delivery);
    if (!mayGoOn(delivery)) {
      return;
    }
    if (result instanceof Answered answered) {
      answer(delivery, answered);
      return;
    }
    endComposing(delivery);
    if (result instanceof Failed failed) {
      retryOrGiveUp(delivery, failed, now);
    } else if (delivery.isKept()) {
      // It stays in the journal, and is delivered after the next start.
      forget(delivery);
    } else {
      send(delivery, answers.cutShort(delivery.stanza));
    }
  }

  private void endComposing(Delivery delivery) {
    if (delivery.composing) {
      delivery.composing = false;
      replies.notice(ChatStates.alone(delivery.stanza, ChatStates.PAUSED), delivery);
    }
  }

  /** Step two: another attempt, if it may help and there is time, otherwise an error. */
  private void retryOrGiveUp(Delivery delivery, Failed failed, long now) {
    int attempt = delivery.attempt;
    delivery.failed(failed);
    long until = retryUntil(delivery);
    long delay = retryPolicy.delay(failed, delivery.attempt, until - now);
    if (delay == RetryPolicy.NEVER) {
      giveUp(delivery);
    } else if (draining && delivery.isKept()) {
      forget(delivery);
    } else {
      delivery.retryUntil = until;
      to(State.RETRYING, delivery);
      order.pause(delivery);
      wheel.set(delivery, now + delay);
      listener.retrying(delivery.stanza, delivery.webhookId, attempt, failed, delay);
    }
  }

  /**
   * The number of the attempt that failed. An attempt that was held back has the number of the next
   * one.
   */
  private static int attemptOf(Delivery delivery, Failed failed) {
    return failed.outcome() == Outcome.HELD_BACK ? delivery.attempt + 1 : delivery.attempt;
  }

  private long retryUntil(Delivery delivery) {
    Duration retryFor = retryPolicy.retryFor();
    if (delivery.isKept()) {
      // Counted from its arrival, across restarts; but a message that waited longer gets some
      // attempts.
      long nanos = retryFor.toNanos();
      return Math.max(
              nanos - (delivery.firstCalledAt - delivery.received),
              Math.min(nanos, MIN_FOR_KEPT.toNanos()))
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
    if (!mayGoOn(delivery)) {
      return;
    }
    leaveBatch(delivery);
    // Its turn may come before its timer, at the very moment when its time is over.
    wheel.cancel(delivery);
    if (order.isBehind(delivery) && !ending) {
      waitBehind(delivery, null);
      return;
    }
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

  /**
   * Makes a kept delivery a dead letter. This is before its sender is told, so that they are told
   * once.
   */
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
    if (order.isBehind(delivery) && !ending) {
      waitBehind(delivery, answered);
      return;
    }
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

  /** How long the answer is held, to slow down bots that answer each other. */
  private long held(Delivery delivery) {
    ConversationKey key = delivery.conversation;
    long now = nanoTime.getAsLong();
    if (quickTurns.answered(delivery.stanza, key, delivery.received, now)) {
      listener.looksLikeBots(delivery.stanza);
    }
    return delivery.stanza instanceof Iq ? 0 : brake.count(key, now);
  }

  /**
   * Holds an answer. Later stanzas of the conversation wait too, except iqs, which have no time.
   */
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
    if (!mayGoOn(delivery)) {
      return;
    }
    wheel.cancel(delivery);
    brake.release(delivery.conversation);
    send(delivery, delivery.answer);
  }

  /** Step four: the answer leaves, and the next delivery of the conversation may begin. */
  private void send(Delivery delivery, List<OutboundStanza> answer) {
    replies.send(answer, delivery);
    end(delivery);
  }

  /** Step five: the delivery is final, because its answer is written or never will be. */
  private void settle(Delivery delivery, @Nullable Throwable error) {
    if (delivery.isKept()) {
      if (error != null && ending) {
        journal.exit().letGo(delivery);
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

  /**
   * It leaves the order. If the journal has further deliveries of its conversation, these are read
   * first.
   */
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
      Delivery next = order.behind(delivery);
      order.done(delivery);
      if (next != null && next.state == State.BEHIND && !forgetting && !order.isBehind(next)) {
        goOn(next);
      }
    }
  }

  /**
   * Waits for an older delivery of its conversation, which was in the same batch and is not final
   * yet.
   */
  private void waitBehind(Delivery delivery, @Nullable Answered answered) {
    wheel.cancel(delivery);
    delivery.answered = answered;
    to(State.BEHIND, delivery);
    order.pause(delivery);
  }

  private void goOn(Delivery behind) {
    Answered answered = behind.answered;
    if (!mayGoOn(behind)) {
      return;
    }
    if (answered == null) {
      giveUp(behind);
    } else {
      answer(behind, answered);
    }
  }

  /** Refuses a stanza. */
  void refuse(Stanza stanza, RefusalReason reason) {
    listener.refused(stanza, reason);
    answerRefusal(stanza, reason);
  }

  /** Answers a stanza that is refused without a call. */
  void answerRefusal(Stanza stanza, RefusalReason reason) {
    replies.send(answers.refusal(stanza, reason), null);
  }

  private void timeIsUp(Delivery delivery) {
    switch (delivery.state) {
      case WAITING -> waitedTooLong(delivery);
      case CALLING -> {
        if (delivery.isRequest()) {
          leaveCall(delivery);
          attempted(delivery, tooLate());
        } else {
          delivery.composing = true;
          delivery.composed = true;
          replies.notice(ChatStates.alone(delivery.stanza, ChatStates.COMPOSING), delivery);
        }
      }
      case RETRYING -> {
        long now = nanoTime.getAsLong();
        if (delivery.batch != null && delivery.batch.retryUntil - now <= 0) {
          dissolve(delivery.batch);
        } else if (delivery.retryUntil - now <= 0) {
          giveUp(delivery);
        } else {
          gate.open();
          order.resume(delivery);
          wheel.set(
              delivery, delivery.batch == null ? delivery.retryUntil : delivery.batch.retryUntil);
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
      case TAKEN, SPLIT, BEHIND, ENDED ->
          throw new IllegalStateException("its timer was not cancelled");
    }
  }

  /** If it waits behind a held answer, it gets more time. */
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

  private Failed tooLate() {
    return new Failed(
        Outcome.UNKNOWN,
        0,
        Answers.TOO_LATE,
        "no response within the %d s of ‹iq-timeout›".formatted(settings.iqTimeout().toSeconds()),
        null);
  }

  /** Starts the next attempt of those that wait longest for one. */
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

  /** Step one, with others that may be in the same batch. */
  private void attemptTogether(Delivery first) {
    Gathering company = Objects.requireNonNull(gathering);
    List<Delivery> together = company.begin(first, settings.flow().batches(), nanoTime.getAsLong());
    try {
      if (!first.isRequest()) {
        order.join(together, company);
      }
      call(new DeliveryBatch(batchIds.next(), together));
    } finally {
      company.end();
    }
  }

  /** Whether a delivery may not be in a batch, because its own turn decides what becomes of it. */
  private boolean staysBehind(Delivery delivery) {
    return isOver(delivery) || !mayBegin(delivery);
  }

  /**
   * Step one, for a batch that failed before. If the time of one delivery is over, the batch is
   * dissolved.
   */
  private void attemptAgain(DeliveryBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.member(i);
      if (!mayBegin(each)) {
        if (i > 0) {
          order.pause(batch.first());
        }
        // The others wait for their next attempt alone.
        forget(each);
        return;
      }
    }
    if (batch.retryUntil - nanoTime.getAsLong() <= 0) {
      order.pause(batch.first());
      dissolve(batch);
      return;
    }
    for (int i = 1; i < batch.size(); i++) {
      order.join(batch.member(i));
    }
    call(batch);
  }

  private void call(DeliveryBatch batch) {
    long now = nanoTime.getAsLong();
    BatchAttempt attempt = new BatchAttempt(batch);
    batch.calling();
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.member(i);
      calling(each, now);
      each.batch = batch;
      each.call = attempt;
    }
    listener.calling(batch);
    try {
      Objects.requireNonNull(gathering).batching().post(batch).subscribe(attempt);
    } catch (RuntimeException fault) {
      order.turns().take(batchAttempted, attempt);
      throw fault;
    }
  }

  /** A call with a batch. */
  private final class BatchAttempt extends Call {
    final DeliveryBatch batch;

    BatchAttempt(DeliveryBatch batch) {
      this.batch = batch;
    }

    @Override
    void takeTurn() {
      order.turns().take(batchAttempted, this);
    }

    /** Whether this delivery waits for the result of this call. */
    boolean isFor(Delivery delivery) {
      return delivery.call == this;
    }
  }

  private void attempted(BatchAttempt attempt) {
    DeliveryBatch batch = attempt.batch;
    List<Delivery> those = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.member(i);
      if (attempt.isFor(each)) {
        those.add(each);
      }
    }
    if (those.isEmpty()) {
      return;
    }
    WebhookResult result = attempt.result;
    long now = nanoTime.getAsLong();
    callEnded(result, now, those.get(0));
    if (result != null) {
      listener.called(batch, result, now - those.get(0).calledAt);
    }
    if (result instanceof Failed failed) {
      failedTogether(batch, those, failed, now);
      return;
    }
    if (result instanceof AnsweredEach each && each.surplus() != null) {
      Delivery first = those.get(0);
      listener.dropped(first.stanza, first.webhookId, each.surplus());
    }
    replies.together(() -> eachEnded(attempt, now));
  }

  private void eachEnded(BatchAttempt attempt, long now) {
    WebhookResult result = attempt.result;
    RuntimeException fault = null;
    for (int i = 0; i < attempt.batch.size(); i++) {
      Delivery each = attempt.batch.member(i);
      if (attempt.isFor(each)) {
        each.batch = null;
        try {
          ended(each, result == null ? null : result.of(i), now);
        } catch (RuntimeException e) {
          // Otherwise the results of the others would be lost.
          fault = e;
        }
      }
    }
    if (fault != null) {
      throw fault;
    }
  }

  /**
   * A batch failed as a whole. If another attempt may help, the whole batch is tried again, as long
   * as each delivery has time. If the webhook refused the batch, it is halved, until the stanza
   * that causes the refusal is alone.
   */
  private void failedTogether(DeliveryBatch batch, List<Delivery> those, Failed failed, long now) {
    for (Delivery each : those) {
      each.call = null;
      each.batch = null;
      wheel.cancel(each);
      endComposing(each);
      each.failed(failed);
    }
    those.removeIf(each -> !mayGoOn(each));
    if (failed.outcome() == Outcome.HELD_BACK) {
      batch.heldBack();
    }
    if (those.size() > 1 && retryPolicy.isRefusal(failed)) {
      split(those, failed);
      return;
    }
    AnotherAttempt another =
        AnotherAttempt.of(those, failed, retryPolicy, each -> retryUntil(each) - now);
    List<Delivery> again = another.those();
    for (Delivery each : those) {
      boolean retried = again.size() == those.size() || again.contains(each);
      if (retried && draining && each.isKept()) {
        forget(each);
      } else if (retried) {
        int attempt = attemptOf(each, failed);
        each.retryUntil = retryUntil(each);
        to(State.RETRYING, each);
        order.pause(each);
        listener.retrying(each.stanza, each.webhookId, attempt, failed, another.delay());
      } else {
        giveUp(each);
      }
    }
    waitTogether(batch, new ArrayList<>(again), now + another.delay(), now);
  }

  /** They get in line again, for batches of half the size. */
  private void split(List<Delivery> those, Failed failed) {
    int half = (those.size() + 1) / 2;
    for (Delivery each : those) {
      each.mostTogether = half;
      to(State.SPLIT, each);
      order.pause(each);
      listener.retrying(each.stanza, each.webhookId, each.attempt, failed, 0);
    }
    for (Delivery each : those) {
      order.resume(each);
    }
    gate.open();
  }

  /** They wait as one batch, unless some of them have left. */
  private void waitTogether(DeliveryBatch batch, List<Delivery> again, long at, long now) {
    again.removeIf(each -> each.state != State.RETRYING);
    if (again.size() < batch.size()) {
      for (Delivery each : again) {
        waitForAttempt(each, at, now);
      }
      return;
    }
    batch.retryAt = at;
    batch.retryUntil = batch.first().retryUntil;
    for (Delivery each : again) {
      each.batch = batch;
      batch.retryUntil = Math.min(batch.retryUntil, each.retryUntil);
    }
    wheel.set(batch.first(), at);
  }

  private void waitForAttempt(Delivery delivery, long at, long now) {
    if (delivery.retryUntil - now <= 0) {
      wheel.set(delivery, now);
    } else if (at - now <= 0) {
      order.resume(delivery);
      wheel.set(delivery, delivery.retryUntil);
    } else {
      wheel.set(delivery, at);
    }
  }

  /** Each of them waits for its next attempt alone. */
  private void dissolve(DeliveryBatch batch) {
    long now = nanoTime.getAsLong();
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.member(i);
      if (each.batch == batch) {
        each.batch = null;
        waitForAttempt(each, batch.retryAt, now);
      }
    }
  }

  /** It leaves its batch. The others go on without it. */
  private void leaveBatch(Delivery delivery) {
    DeliveryBatch batch = delivery.batch;
    if (batch == null) {
      return;
    }
    delivery.batch = null;
    if (delivery.state == State.RETRYING) {
      dissolve(batch);
    }
  }

  /** It no longer waits for its call. If no other delivery does, the call is cancelled. */
  private void leaveCall(Delivery delivery) {
    Disposable call = Objects.requireNonNull(delivery.call);
    DeliveryBatch batch = delivery.batch;
    delivery.call = null;
    delivery.batch = null;
    for (int i = 0; batch != null && i < batch.size(); i++) {
      if (batch.member(i).call == call) {
        order.handOver(delivery, batch.member(i));
        return;
      }
    }
    call.dispose();
  }

  /** Begins the end: held answers leave, and kept messages wait for the next start. */
  void beginDrain() {
    draining = true;
    journal.exit().stop();
    brake.open();
    each(delivery -> delivery.state == State.HELD, this::release);
    forgetEach(delivery -> delivery.isKept() && delivery.state.waits);
  }

  /**
   * Ends all calls, fails the deliveries that wait for another one, and refuses the rest, in their
   * order.
   */
  void cutShort() {
    ending = true;
    each(
        delivery -> true,
        delivery -> {
          wheel.cancel(delivery);
          switch (delivery.state) {
            case CALLING -> {
              leaveCall(delivery);
              attempted(delivery, null);
            }
            case RETRYING, SPLIT -> giveUp(delivery);
            case HELD -> release(delivery);
            case WAITING -> {
              end(delivery);
              refuse(delivery.stanza, RefusalReason.SHUTDOWN);
            }
            case BEHIND -> goOn(delivery);
            case TAKEN, ENDED -> throw new IllegalStateException("it is not open");
          }
        });
  }

  @Override
  public void lost(LongPredicate positions) {
    forgetEach(delivery -> delivery.isKept() && positions.test(delivery.position));
  }

  @Override
  public void release(LongPredicate positions) {
    each(
        delivery ->
            delivery.state == State.HELD && delivery.isKept() && positions.test(delivery.position),
        this::release);
    forgetEach(
        delivery ->
            delivery.state.waits
                && delivery.state != State.BEHIND
                && delivery.isKept()
                && positions.test(delivery.position));
  }

  private void forgetEach(Predicate<Delivery> which) {
    forgetting = true;
    try {
      each(which, this::forget);
    } finally {
      forgetting = false;
    }
    each(delivery -> delivery.state == State.BEHIND && !order.isBehind(delivery), this::goOn);
  }

  /** Forgets a delivery that the journal or another process still knows. Nobody is told. */
  private void forget(Delivery delivery) {
    journal.exit().letGo(delivery);
    if (delivery.state == State.CALLING) {
      if (delivery.call != null) {
        leaveCall(delivery);
      }
    } else if (delivery.state == State.HELD) {
      brake.release(delivery.conversation);
    }
    leaveBatch(delivery);
    wheel.cancel(delivery);
    end(delivery);
  }

  private void each(Predicate<Delivery> which, Consumer<Delivery> step) {
    for (Delivery each = oldest; each != null; ) {
      Delivery next = each.younger;
      if (which.test(each)) {
        step.accept(each);
      }
      // The step may have ended the next one too, which then has no neighbours.
      each = next != null && next.state == State.ENDED ? oldest : next;
    }
  }

  private void to(State next, Delivery delivery) {
    count(delivery, -1);
    delivery.state = next;
    count(delivery, 1);
  }

  private void count(Delivery delivery, int more) {
    if (delivery.state == State.CALLING) {
      called += more;
    }
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
