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
import io.stanzahook.local.ChatStates;
import io.stanzahook.local.LocalService;
import io.stanzahook.order.Concurrency;
import io.stanzahook.order.ConcurrencyLimit;
import io.stanzahook.order.KeyedOrder;
import io.stanzahook.order.Turns;
import io.stanzahook.order.Wheel;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Batching;
import io.stanzahook.webhook.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;

/**
 * Delivers what the journal hands out, in five steps, which stand below in this order: {@link
 * #attempt}, when it is the delivery's turn; {@link #retryOrGiveUp}, if that failed; {@link
 * #answer}, by what the webhook said; {@link #send}; and {@link #settle} with the journal. After
 * them come the timers, and the end. Only this class moves a delivery from one {@link State} to the
 * next. A delivery has at most one timer, and its state says what the timer means.
 *
 * <p>All of this is one class, although it is long, because each part reads and writes the state of
 * the others. In several classes they would share one object for which nobody is responsible. This
 * includes batches: they are called, and fail, in the same steps. Decisions that change no state
 * have classes of their own: when a batch begins, and who is in it ({@link Batches}), and who is
 * tried again after a call has failed ({@link AnotherAttempt}).
 *
 * <p>Belongs to the turns of its {@link KeyedOrder}; results of calls come on any thread and take a
 * turn.
 */
final class Deliverer implements Journal.Deliveries, CoreSubscriber<Delivery> {
  /** A kept message is tried for at least this long after its first attempt, however old it is. */
  static final Duration MIN_FOR_KEPT = Duration.ofMinutes(1);

  /** The maximum number of deliveries whose next attempt {@link #hasten} starts. */
  private static final int MAX_HASTENED = 8;

  // The dispatcher reads these too.
  final Journal journal;
  final Replies replies;
  final Turns turns;
  final Wheel wheel;
  DispatchSettings settings;
  boolean draining;

  /** How many deliveries wait, for whatever reason: kept ones and others. */
  int waitingKept;

  int waitingUnkept;

  private final String domain;
  private final Webhook webhook;
  private final Answers answers;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final KeyedOrder<ConversationKey, Delivery> order;
  private final Journal.Exit exit;
  private final Consumer<Delivery> timeIsUp = this::timeIsUp;
  private final Consumer<Call> attempted = this::attempted;

  /** Null if the webhook takes no batches, whatever the settings say. */
  private final @Nullable Batches batches;

  private final QuickTurns quickTurns = new QuickTurns();
  private final Brake brake;

  /** After how long the sender is shown that an answer is being written; 0 for never. */
  private final long composingAfter;

  private RetryPolicy retryPolicy;
  private ConcurrencyLimit limit;

  /** The stream is about to be closed. Kept messages without an answer stay kept. */
  private boolean ending;

  /** All deliveries that have not ended, in the order of their arrival. */
  private @Nullable Delivery oldest;

  private @Nullable Delivery youngest;

  /** How many deliveries are in calls. */
  private int called;

  /** Opens the journal. Deliveries begin with {@link #start}. */
  Deliverer(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      DispatchClock clock,
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
    this.retryPolicy = new RetryPolicy(settings.retry(), clock.random());
    this.brake = new Brake(settings.flow().answersPerMinute());
    Duration composing = settings.notices().composing();
    this.composingAfter = composing == null ? 0 : composing.toNanos();
    this.order = new KeyedOrder<>(this::permits, KeyedOrder.UNBOUNDED, turnEnds, faults);
    this.turns = order.turns();
    this.wheel = new Wheel(nanoTime, clock.scheduler(), this::take);
    Batching batching = webhook.batching();
    this.batches =
        batching == null
            ? null
            : new Batches(batching, order, wheel, each -> isOver(each) || !mayBegin(each));
    this.journal = journal.open(this);
    this.exit = this.journal.exit();
    this.replies = new Replies(outbound, exit, this::take, listener, this::settle);
  }

  /** Begins. Turns may end from now on. */
  void start() {
    order.subscribe(this);
  }

  /** Calls in flight. */
  int calls() {
    return order.running();
  }

  /** How many may be in flight now. */
  int limit() {
    return limit.limit();
  }

  /** The delivery that waits longest; null if none waits. */
  @Nullable Delivery oldestWaiting() {
    Delivery each = oldest;
    while (each != null && !each.state.waits) {
      each = each.younger;
    }
    return each;
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
    boolean open = replies.unwrittenKept() <= settings.flow().queue();
    Batches inBatches = batchesNow();
    if (open && inBatches != null) {
      BatchSettings limits = settings.flow().batches();
      open = called + limits.most() <= Concurrency.MAX && inBatches.mayBegin(limits);
    }
    return open ? limit.limit() : 0;
  }

  /** What makes batches, if stanzas are POSTed in batches now; else null. */
  private @Nullable Batches batchesNow() {
    return settings.flow().batches().isOn() ? batches : null;
  }

  void change(DispatchSettings next) {
    if (!next.flow().concurrency().equals(settings.flow().concurrency())) {
      limit = ConcurrencyLimit.of(next.flow().concurrency(), nanoTime.getAsLong());
    }
    retryPolicy = retryPolicy.with(next.retry());
    if (batches != null && !next.flow().batches().equals(settings.flow().batches())) {
      batches.open();
    }
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
    turns.take(step);
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
    Batches inBatches = batchesNow();
    if (inBatches != null) {
      inBatches.arrives(delivery);
    }
    order.onNext(delivery);
    if (delivery.state != State.WAITING) {
      return;
    }
    if (!delivery.isKept()) {
      long most = settings.queueTimeout().toNanos();
      if (delivery.stanza instanceof Iq) {
        most = Math.min(most, settings.iqTimeout().toNanos());
      }
      wheel.set(delivery, delivery.received + most);
    }
    listener.waiting(delivery.stanza, delivery.webhookId);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  /**
   * It is the turn of this delivery: it has a permit, and no other one of its conversation is
   * before it.
   */
  @Override
  public void onNext(Delivery delivery) {
    if (delivery.batch != null) {
      attemptAgain(delivery, delivery.batch);
    } else if (!mayGoOn(delivery)) {
      return;
    } else if (isOver(delivery)) {
      giveUp(delivery);
    } else {
      long now = nanoTime.getAsLong();
      Batches inBatches = batchesNow();
      attempt(
          delivery,
          inBatches == null ? null : inBatches.batch(delivery, settings.flow().batches(), now),
          now);
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

  /** The turn of a batch that failed before, and of its first delivery. */
  private void attemptAgain(Delivery first, DeliveryBatch batch) {
    boolean together = !isOver(first);
    for (Delivery each : batch.members()) {
      together &= mayGoOn(each);
    }
    if (!together) {
      order.pause(first);
      dissolve(batch);
      return;
    }
    batch.members().stream().skip(1).forEach(order::join);
    attempt(first, batch, nanoTime.getAsLong());
  }

  /** Step one: calls the webhook with a delivery, or with the batch that it is the first one of. */
  private void attempt(Delivery first, @Nullable DeliveryBatch batch, long now) {
    Call call = new Call(first, batch);
    if (batch == null) {
      calling(first, call, now);
      listener.calling(first.stanza, first.webhookId, first.attempt);
    } else {
      batch.members().forEach(each -> calling(each, call, now));
      listener.calling(batch);
    }
    try {
      (batch == null
              ? webhook.post(first.stanza, first.webhookId, first.attempt)
              : Objects.requireNonNull(batches).post(batch))
          .subscribe(call);
    } catch (RuntimeException fault) {
      // Otherwise its permit would be lost.
      turns.take(attempted, call);
      throw fault;
    }
  }

  private void calling(Delivery delivery, Call call, long now) {
    wheel.cancel(delivery);
    if (delivery.isLate(now)) {
      long ago = TimeUnit.NANOSECONDS.toMillis(now - delivery.received);
      Instant receivedAt = Instant.ofEpochMilli(millis.getAsLong() - ago);
      delivery.stanza = Delay.stamped(delivery.stanza, receivedAt, domain);
    }
    to(State.CALLING, delivery);
    delivery.call = call;
    delivery.batch = null;
    delivery.calling(now);
    if (delivery.isRequest()) {
      wheel.set(delivery, delivery.received + settings.iqTimeout().toNanos());
    } else if (composingAfter > 0 && !delivery.composed && speaksStates(delivery)) {
      wheel.set(delivery, now + composingAfter);
    }
  }

  private boolean isOver(Delivery delivery) {
    return delivery.state == State.RETRYING && until(delivery) - nanoTime.getAsLong() <= 0;
  }

  private static long until(Delivery delivery) {
    return delivery.batch == null ? delivery.retryUntil : delivery.batch.retryUntil();
  }

  /** Whether the next step may begin, which only the owner of a kept delivery may do. */
  private boolean mayBegin(Delivery delivery) {
    return !delivery.isKept() || exit.mayBegin(delivery);
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
   * One call, with a delivery or with a batch. It is distinguished from an earlier call of the same
   * delivery, which may end late.
   */
  final class Call extends BaseSubscriber<WebhookResult> {
    private final Delivery first;
    private final @Nullable DeliveryBatch batch;

    /** Null before the call has ended, and if it ended without a result. */
    private @Nullable WebhookResult result;

    private Call(Delivery first, @Nullable DeliveryBatch batch) {
      this.first = first;
      this.batch = batch;
    }

    /** Whether this delivery still waits for the result. If not, no reply may leave for it. */
    private boolean isFor(Delivery delivery) {
      return delivery.call == this;
    }

    @Override
    protected void hookOnNext(WebhookResult value) {
      result = value;
      turns.take(attempted, this);
    }

    @Override
    protected void hookOnComplete() {
      if (result == null) {
        turns.take(attempted, this);
      }
    }

    @Override
    protected void hookOnError(Throwable error) {
      turns.take(attempted, this);
    }
  }

  /** Ends the call that a delivery is in. */
  private void cut(Delivery delivery, @Nullable WebhookResult result) {
    Call call = Objects.requireNonNull(delivery.call);
    call.dispose();
    attempted(call, result);
  }

  private void attempted(Call call) {
    attempted(call, call.result);
  }

  private void attempted(Call call, @Nullable WebhookResult result) {
    long now = nanoTime.getAsLong();
    if (call.batch != null) {
      attempted(call, call.batch, result, now);
    } else if (call.isFor(call.first)) {
      called(call.first, null, result, now);
      ended(call.first, result, now);
    }
  }

  private void attempted(Call call, DeliveryBatch batch, @Nullable WebhookResult result, long now) {
    List<Delivery> those = new ArrayList<>(batch.members());
    those.removeIf(each -> !call.isFor(each));
    if (those.isEmpty()) {
      return;
    }
    Delivery first = those.get(0);
    called(first, batch, result, now);
    if (result instanceof Failed failed) {
      those.removeIf(each -> !takeBack(each));
      retryOrGiveUp(those, batch, failed, now);
      return;
    }
    if (result instanceof AnsweredEach each && each.surplus() != null) {
      listener.dropped(first.stanza, first.webhookId, each.surplus());
    }
    replies.together(() -> eachEnded(call, batch, result, now));
  }

  private void eachEnded(Call call, DeliveryBatch batch, @Nullable WebhookResult result, long now) {
    RuntimeException fault = null;
    for (int i = 0; i < batch.size(); i++) {
      Delivery each = batch.members().get(i);
      if (call.isFor(each)) {
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

  /** Tells of a call that ended. */
  private void called(
      Delivery first, @Nullable DeliveryBatch batch, @Nullable WebhookResult result, long now) {
    long nanos = now - first.calledAt;
    if (!(result instanceof Failed failed && failed.outcome() == Outcome.HELD_BACK)) {
      boolean overloaded = result == null || result.isOverload();
      limit.callEnded(now, nanos, order.running(), overloaded);
    }
    if (result == null) {
      return;
    } else if (batch == null) {
      listener.called(first.stanza, first.webhookId, first.attempt, result, nanos);
    } else {
      listener.called(batch, result, nanos);
    }
  }

  /** A call with this delivery has ended. */
  private void ended(Delivery delivery, @Nullable WebhookResult result, long now) {
    if (!takeBack(delivery)) {
      return;
    }
    if (result instanceof Answered answered) {
      answer(delivery, answered);
    } else if (result instanceof Failed failed) {
      retryOrGiveUp(List.of(delivery), null, failed, now);
    } else if (delivery.isKept()) {
      // It stays in the journal, and is delivered after the next start.
      endComposing(delivery);
      forget(delivery);
    } else {
      endComposing(delivery);
      delivery.failed(tooLate("the call was cut short"));
      giveUp(delivery);
    }
  }

  /** Takes it back from its call. Returns false if it may not go on, and so was forgotten. */
  private boolean takeBack(Delivery delivery) {
    delivery.call = null;
    wheel.cancel(delivery);
    return mayGoOn(delivery);
  }

  private void endComposing(Delivery delivery) {
    if (delivery.composing) {
      delivery.composing = false;
      replies.notice(ChatStates.alone(delivery.stanza, ChatStates.PAUSED), delivery);
    }
  }

  /**
   * Step two, of all deliveries of a call: another attempt, if it may help and there is time,
   * otherwise an error.
   *
   * @param batch that failed as a whole. It is tried again as it is, as long as each delivery has
   *     time. If the webhook refused it, it is halved, until the stanza that causes the refusal is
   *     alone.
   */
  private void retryOrGiveUp(
      List<Delivery> those, @Nullable DeliveryBatch batch, Failed failed, long now) {
    for (Delivery each : those) {
      endComposing(each);
      each.failed(failed);
      each.retryUntil = retryUntil(each);
    }
    if (those.size() > 1 && retryPolicy.isRefusal(failed)) {
      split(those, failed);
      return;
    }
    AnotherAttempt another =
        AnotherAttempt.of(those, failed, retryPolicy, each -> each.retryUntil - now);
    // One that was held back has the number of the next one.
    int more = failed.outcome() == Outcome.HELD_BACK ? 1 : 0;
    for (Delivery each : those) {
      if (another.those().size() < those.size() && !another.those().contains(each)) {
        giveUp(each);
      } else if (draining && each.isKept()) {
        forget(each);
      } else {
        int attempt = each.attempt + more;
        to(State.RETRYING, each);
        order.pause(each);
        wheel.set(each, now + another.delay());
        listener.retrying(each.stanza, each.webhookId, attempt, failed, another.delay());
      }
    }
    if (batch != null && batch.members().stream().allMatch(each -> each.state == State.RETRYING)) {
      waitTogether(batch, batch.attempt() + 1 - more, now + another.delay());
    }
  }

  private void waitTogether(DeliveryBatch batch, int attempt, long at) {
    List<Delivery> those = batch.members();
    long until = those.stream().mapToLong(each -> each.retryUntil).min().orElseThrow();
    DeliveryBatch again = new DeliveryBatch(batch.id(), attempt, those, at, until);
    for (Delivery each : those) {
      each.batch = again;
      wheel.cancel(each);
    }
    wheel.set(again.first(), at);
  }

  /** Each of them waits for its next attempt alone. */
  private void dissolve(DeliveryBatch batch) {
    for (Delivery each : batch.members()) {
      if (each.batch != null) {
        each.batch = null;
        wheel.set(each, batch.retryAt());
      }
    }
  }

  /** They get in line again, for batches of half the size. */
  private void split(List<Delivery> those, Failed failed) {
    for (Delivery each : those) {
      each.mostTogether = (those.size() + 1) / 2;
      to(State.SPLIT, each);
      order.pause(each);
      listener.retrying(each.stanza, each.webhookId, each.attempt, failed, 0);
    }
    those.forEach(order::resume);
    Objects.requireNonNull(batches).open();
  }

  private long retryUntil(Delivery delivery) {
    Duration retryFor = retryPolicy.retryFor();
    long waited = delivery.firstCalledAt - delivery.received;
    long nanos;
    if (delivery.isKept()) {
      // Counted from its arrival, across restarts; but a message that waited longer gets some
      // attempts.
      nanos = retryFor.toNanos();
      nanos = Math.max(nanos - waited, Math.min(nanos, MIN_FOR_KEPT.toNanos()));
    } else {
      nanos = exit.retryForUnkept(retryFor).toNanos();
      if (delivery.isRequest()) {
        nanos = Math.min(nanos, settings.iqTimeout().toNanos() - waited);
      }
    }
    return delivery.firstCalledAt + nanos;
  }

  private void giveUp(Delivery delivery) {
    if (!mayGoOn(delivery)) {
      return;
    }
    leaveOthers(delivery);
    // Its turn may come before its timer, at the very moment when its time is over.
    wheel.cancel(delivery);
    if (waitsBehind(delivery, null)) {
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
    send(
        delivery,
        delivery.redelivered ? List.of() : answers.error(delivery.stanza, failed.error()));
  }

  /**
   * Makes a kept delivery a dead letter. This is before its sender is told, so that they are told
   * once.
   */
  private void bury(
      Delivery delivery, String cause, String condition, String text, int status, String response) {
    if (delivery.isKept()) {
      long now = millis.getAsLong();
      exit.bury(
          delivery.position,
          new Burial(now, delivery.attempt, cause, condition, text, status, response));
      count(delivery, -1);
      delivery.position = Delivery.NOT_KEPT;
      count(delivery, 1);
      listener.buried(delivery.stanza, delivery.webhookId, cause);
    }
  }

  /** Step three: what the sender is told, by what the webhook said. */
  private void answer(Delivery delivery, Answered answered) {
    if (waitsBehind(delivery, answered)) {
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
      hold(delivery, new Answered(answered.status(), said, List.of()), held);
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
  private void hold(Delivery delivery, Answered answer, long nanos) {
    boolean first = brake.hold(delivery.conversation);
    delivery.answered = answer;
    to(State.HELD, delivery);
    order.pause(delivery);
    wheel.set(delivery, nanoTime.getAsLong() + nanos);
    listener.answerHeld(delivery.stanza, delivery.webhookId, nanos, first);
    for (Delivery behind = order.behind(delivery); behind != null; ) {
      Delivery next = order.behind(behind);
      if (behind.stanza instanceof Iq) {
        order.free(behind);
        inLine(behind);
      }
      behind = next;
    }
  }

  private void release(Delivery delivery) {
    if (mayGoOn(delivery)) {
      wheel.cancel(delivery);
      brake.release(delivery.conversation);
      send(delivery, Objects.requireNonNull(delivery.answered).replies());
    }
  }

  /**
   * Whether it has to wait for an older delivery of its conversation, which was in the same batch
   * and is not final yet. If so, it does.
   *
   * @param answered the answer to it; null if it failed
   */
  private boolean waitsBehind(Delivery delivery, @Nullable Answered answered) {
    boolean waits = order.isBehind(delivery) && !ending;
    if (waits) {
      delivery.answered = answered;
      to(State.BEHIND, delivery);
      order.pause(delivery);
    }
    return waits;
  }

  private void goOn(Delivery behind) {
    Answered answered = behind.answered;
    if (answered == null) {
      giveUp(behind);
    } else if (mayGoOn(behind)) {
      answer(behind, answered);
    }
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
        exit.letGo(delivery);
        return;
      }
      exit.settle(delivery.position);
    }
    if (error == null) {
      listener.settled(
          delivery.stanza, delivery.webhookId, nanoTime.getAsLong() - delivery.received);
    } else {
      String why = Objects.requireNonNullElse(error.getMessage(), "");
      listener.dropped(delivery.stanza, delivery.webhookId, new DroppedReply(Reason.AGED_OUT, why));
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
    if (order.isAlone(delivery) && exit.hasLeft(key)) {
      order.pause(delivery);
      exit.bringLeft(key, () -> leave(delivery));
    } else {
      Delivery next = order.behind(delivery);
      order.done(delivery);
      if (next == null) {
        return;
      }
      inLine(next);
      if (next.state == State.BEHIND && !order.isBehind(next)) {
        goOn(next);
      }
    }
  }

  /** It may be in line now. While an iq request is, no batch waits for more stanzas. */
  private void inLine(Delivery delivery) {
    if (batches != null && delivery.isRequest()) {
      batches.open();
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
          long seconds = settings.iqTimeout().toSeconds();
          cut(delivery, tooLate("no response within the %d s of ‹iq-timeout›".formatted(seconds)));
        } else {
          delivery.composing = true;
          delivery.composed = true;
          replies.notice(ChatStates.alone(delivery.stanza, ChatStates.COMPOSING), delivery);
        }
      }
      case RETRYING -> {
        if (!isOver(delivery)) {
          if (batches != null) {
            batches.open();
          }
          order.resume(delivery);
          wheel.set(delivery, until(delivery));
        } else if (delivery.batch != null) {
          dissolve(delivery.batch);
        } else {
          giveUp(delivery);
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
      refuseWaiting(delivery, RefusalReason.QUEUE_TIMEOUT);
    }
  }

  private void refuseWaiting(Delivery delivery, RefusalReason reason) {
    end(delivery);
    listener.waitingRefused(delivery.stanza, delivery.webhookId, reason);
    refuse(delivery.stanza, reason);
  }

  private static Failed tooLate(String detail) {
    return new Failed(Outcome.UNKNOWN, 0, Answers.TOO_LATE, detail, null);
  }

  /** Starts the next attempt of those that wait longest for one. */
  void hasten() {
    int left = MAX_HASTENED;
    for (Delivery each = oldest; each != null && left > 0; each = each.younger) {
      DeliveryBatch batch = each.batch;
      boolean waits = each.state == State.RETRYING && !isOver(each);
      if (waits && (batch == null || batch.first() == each)) {
        left--;
        timeIsUp(each);
      }
    }
  }

  /**
   * It no longer shares a call or a wait with others. They go on without it. If no other delivery
   * waits for the call, the call is cancelled.
   */
  private void leaveOthers(Delivery delivery) {
    Call call = delivery.call;
    DeliveryBatch batch = delivery.batch;
    delivery.call = null;
    delivery.batch = null;
    if (call != null) {
      for (Delivery each : call.batch == null ? List.<Delivery>of() : call.batch.members()) {
        if (call.isFor(each)) {
          order.handOver(delivery, each);
          return;
        }
      }
      call.dispose();
    } else if (batch != null) {
      dissolve(batch);
    }
  }

  /** Begins the end: held answers leave, and kept messages wait for the next start. */
  void beginDrain() {
    draining = true;
    exit.stop();
    brake.open();
    // No more stanzas come that a batch could wait for.
    change(Settings.with(settings, "batch-wait", Duration.ZERO));
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
            case CALLING -> cut(delivery, null);
            case RETRYING, SPLIT -> giveUp(delivery);
            case HELD -> release(delivery);
            case WAITING -> refuseWaiting(delivery, RefusalReason.SHUTDOWN);
            case BEHIND -> goOn(delivery);
            case TAKEN, ENDED -> throw new IllegalStateException("it is not open");
          }
        });
  }

  @Override
  public void lost(LongPredicate positions) {
    forgetEach(each -> isAt(positions, each));
  }

  @Override
  public void release(LongPredicate positions) {
    each(each -> each.state == State.HELD && isAt(positions, each), this::release);
    forgetEach(each -> each.state.waits && each.state != State.BEHIND && isAt(positions, each));
  }

  private static boolean isAt(LongPredicate positions, Delivery delivery) {
    return delivery.isKept() && positions.test(delivery.position);
  }

  /** The youngest first, so that none of them goes on because an older one has left. */
  private void forgetEach(Predicate<Delivery> which) {
    for (Delivery each = youngest; each != null; ) {
      Delivery next = each.older;
      if (which.test(each)) {
        forget(each);
      }
      each = next;
    }
  }

  /** Forgets a delivery that the journal or another process still knows. Nobody is told. */
  private void forget(Delivery delivery) {
    exit.letGo(delivery);
    if (delivery.state == State.HELD) {
      brake.release(delivery.conversation);
    }
    leaveOthers(delivery);
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
