package io.stanzahook.delivery;

import io.stanzahook.spool.Burial;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.webhook.DroppedReply;
import io.stanzahook.webhook.DroppedReply.Reason;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.webhook.WebhookResult;
import io.stanzahook.webhook.WebhookResult.Answered;
import io.stanzahook.webhook.WebhookResult.Failed;
import io.stanzahook.webhook.WebhookResult.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The webhook calls: who is called next, how many at once, and what follows from how each ended.
 *
 * <p>Belongs to the dispatcher's turns; results of calls come on any thread and take a turn.
 */
final class Calls {
  /** A kept message is tried for at least so long after its first attempt, however old it is. */
  static final Duration LEAST_FOR_KEPT = Duration.ofMinutes(1);

  private final String domain;
  private DispatchSettings settings;
  private final Webhook webhook;
  private final Backlog backlog;
  private final Replies replies;
  private final Answers answers;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final LongSupplier millis;
  private final Scheduler scheduler;
  private final @Nullable Keeper keeper;
  private final CallSubscriber.Ended ended;
  private final DeliveryList open = new DeliveryList();
  private final RetryQueue retries;
  private final Brake brake;
  private final QuickTurns quickTurns = new QuickTurns();

  /** Null where senders are not told. */
  private final @Nullable Typing typing;

  private RetryPolicy retryPolicy;
  private ConcurrencyLimit limit;
  private boolean draining;

  /**
   * No calls yet.
   *
   * @param turns where steps are handed to that follow on a call or a delay
   */
  Calls(
      String domain,
      DispatchSettings settings,
      Webhook webhook,
      Backlog backlog,
      Replies replies,
      Answers answers,
      DeliveryListener listener,
      @Nullable Keeper keeper,
      DispatchClock clock,
      DoubleSupplier random,
      Consumer<Runnable> turns) {
    this.domain = domain;
    this.settings = settings;
    this.webhook = webhook;
    this.backlog = backlog;
    this.replies = replies;
    this.answers = answers;
    this.listener = listener;
    this.keeper = keeper;
    this.nanoTime = clock.nanoTime();
    this.millis = clock.millis();
    this.scheduler = clock.scheduler();
    this.ended = (of, call, result) -> turns.accept(() -> called(of, call, result));
    this.retryPolicy = new RetryPolicy(settings.retry(), random);
    this.retries =
        new RetryQueue(scheduler, nanoTime, timer -> turns.accept(() -> retryIsDue(timer)));
    this.brake =
        new Brake(
            settings.flow().answersPerMinute(),
            clock,
            () -> turns.accept(this::lookAtHeld),
            (of, nanos, first) -> listener.answerHeld(of.stanza, of.webhookId, nanos, first),
            this::settle);
    Duration composing = settings.notices().composing();
    this.typing =
        composing == null
            ? null
            : new Typing(
                domain,
                composing,
                clock,
                state -> replies.send(List.of(state), null),
                () -> turns.accept(this::look));
    this.limit = ConcurrencyLimit.of(settings.flow().concurrency(), nanoTime.getAsLong());
  }

  /** How many are in flight. */
  int size() {
    return open.size();
  }

  /** How many may be in flight now. */
  int limit() {
    return limit.limit();
  }

  /**
   * How many wait, although they were called: for another attempt, or for their answer to leave.
   */
  int waitingAfterACall() {
    return retries.size() + brake.size();
  }

  /** How many of those the spool keeps. */
  int waitingAfterACallKept() {
    return retries.kept() + brake.kept();
  }

  /** Whether so much waits behind held answers of a stanza's conversation that no more may. */
  boolean isBraked(Stanza stanza) {
    if (brake.size() == 0 || stanza instanceof Iq) {
      return false;
    }
    ConversationKey key = ConversationKey.of(stanza);
    return brake.isFull(key) || backlog.behindHeld(key) >= Brake.MAX_HELD;
  }

  /** The oldest that waits for another attempt, or null. */
  @Nullable Delivery oldestRetry() {
    return retries.oldest();
  }

  /** Whether a call may begin now. */
  boolean placeFree() {
    return open.size() < limit.limit()
        && (keeper == null || replies.unwritten() < settings.flow().queue() + 1L);
  }

  void change(DispatchSettings next) {
    if (!next.flow().concurrency().equals(settings.flow().concurrency())) {
      limit = ConcurrencyLimit.of(next.flow().concurrency(), nanoTime.getAsLong());
    }
    brake.change(next.flow().answersPerMinute());
    retryPolicy = retryPolicy.with(next.retry());
    settings = next;
  }

  /** Begins the call of a delivery that no other of its conversation is before. */
  void call(Delivery delivery) {
    open.add(delivery);
    long now = nanoTime.getAsLong();
    if (delivery.isFirstAttempt() && now - delivery.received >= Delay.LATE.toNanos()) {
      delivery.late(receivedAt(delivery, now), domain);
    }
    delivery.calling(now);
    if (typing != null) {
      typing.begun(delivery);
    }
    listener.calling(delivery.stanza, delivery.webhookId, delivery.attempt);
    CallSubscriber subscriber = new CallSubscriber(delivery, ended);
    delivery.call = subscriber;
    Mono<WebhookResult> result =
        webhook.post(delivery.stanza, delivery.webhookId, delivery.attempt);
    if (delivery.isRequest()) {
      long left = delivery.received + settings.iqTimeout().toNanos() - delivery.calledAt;
      result =
          result
              .take(Duration.ofNanos(Math.max(0, left)), scheduler)
              .switchIfEmpty(Mono.fromSupplier(this::tooLate));
    }
    result.subscribe(subscriber);
  }

  private Failed tooLate() {
    return new Failed(
        Outcome.UNKNOWN,
        0,
        Answers.TOO_LATE,
        "no response within the %d s of ‹iq-timeout›".formatted(settings.iqTimeout().toSeconds()),
        null);
  }

  private Instant receivedAt(Delivery delivery, long now) {
    long ago = TimeUnit.NANOSECONDS.toMillis(now - delivery.received);
    return Instant.ofEpochMilli(millis.getAsLong() - ago);
  }

  /**
   * A call ended.
   *
   * @param result null where it was cut short
   */
  private void called(Delivery delivery, Disposable call, @Nullable WebhookResult result) {
    if (delivery.call != call) {
      // Nobody waits for that attempt any more: whatever it brings, no reply may leave for it.
      return;
    }
    delivery.call = null;
    long now = nanoTime.getAsLong();
    long nanos = now - delivery.calledAt;
    if (!(result instanceof Failed failed && failed.outcome() == Outcome.HELD_BACK)) {
      limit.callEnded(now, nanos, open.size(), ConcurrencyLimit.Outcome.of(result));
    }
    open.remove(delivery);
    if (result != null) {
      listener.called(delivery.stanza, delivery.webhookId, delivery.attempt, result, nanos);
    }
    if (typing != null && !(result instanceof Answered)) {
      typing.interrupted(delivery);
    }
    if (result instanceof Failed failed) {
      failed(delivery, failed, now);
    } else if (result instanceof Answered answered) {
      answered(delivery, answered);
    } else {
      cutShort(delivery);
    }
    callWaiting();
  }

  private void answered(Delivery delivery, Answered answered) {
    boolean taken = true;
    if (answered.replies().isEmpty() && !answered.dropped().isEmpty()) {
      DroppedReply dropped = answered.dropped().get(0);
      if (dropped.reason() == Reason.UNREADABLE || dropped.reason() == Reason.TOO_LARGE) {
        taken = !delivery.isKept();
        bury(
            delivery,
            dropped.reason().label(),
            new Told("", dropped.detail()),
            answered.status(),
            dropped.response());
      }
    }
    List<OutboundStanza> replies = answers.of(delivery, answered, taken);
    boolean said = !answered.replies().isEmpty() && !replies.isEmpty();
    List<OutboundStanza> answer = typing == null ? replies : typing.answered(delivery, replies);
    if (said && !delivery.isRequest() && isHeld(delivery, answer)) {
      backlog.hold(delivery.lane);
    } else {
      settle(delivery, answer);
    }
  }

  private boolean isHeld(Delivery delivery, List<OutboundStanza> answer) {
    Stanza stanza = delivery.stanza;
    ConversationKey key =
        delivery.lane.key == null ? ConversationKey.of(stanza) : delivery.lane.key;
    if (quickTurns.answered(stanza, key, delivery.received, nanoTime.getAsLong())) {
      listener.looksLikeBots(stanza);
    }
    return brake.holds(delivery, key, answer);
  }

  private void lookAtHeld() {
    brake.look();
    callWaiting();
  }

  private void cutShort(Delivery delivery) {
    if (delivery.isKept()) {
      // It is in the spool, and delivered after the next start.
      backlog.callEnded(delivery.lane);
    } else {
      settle(delivery, answers.cutShort(delivery.stanza));
    }
  }

  private void failed(Delivery delivery, Failed failed, long now) {
    int attempt = delivery.attempt;
    delivery.failed(failed);
    long deadline = retryUntil(delivery);
    long delay = retryPolicy.delay(failed, delivery.attempt, deadline - now);
    if (delay == RetryPolicy.NEVER) {
      giveUp(delivery);
    } else if (draining && delivery.isKept()) {
      backlog.callEnded(delivery.lane);
    } else {
      retries.add(delivery, now + delay, deadline);
      listener.retrying(delivery.stanza, delivery.webhookId, attempt, failed, delay);
    }
  }

  private long retryUntil(Delivery delivery) {
    long retryFor = retryPolicy.retryFor().toNanos();
    if (delivery.isKept()) {
      // By when it came, over restarts; but some attempts for what waited for longer than that.
      return Math.max(
              retryFor - (delivery.firstCalledAt - delivery.received),
              Math.min(retryFor, LEAST_FOR_KEPT.toNanos()))
          + delivery.firstCalledAt;
    }
    if (keeper != null) {
      retryFor = Math.min(retryFor, RetrySettings.DEFAULT.retryFor().toNanos());
    }
    long deadline = delivery.firstCalledAt + retryFor;
    if (delivery.isRequest()) {
      long iqDeadline = delivery.received + settings.iqTimeout().toNanos();
      deadline = iqDeadline - deadline < 0 ? iqDeadline : deadline;
    }
    return deadline;
  }

  private void giveUp(Delivery delivery) {
    Failed failed = Objects.requireNonNull(delivery.failure);
    listener.gaveUp(delivery.stanza, delivery.webhookId, delivery.attempt, failed);
    String cause =
        failed.outcome() == Outcome.ANSWERED
            ? "status_" + failed.status()
            : failed.outcome().label();
    StanzaError error = failed.error();
    bury(
        delivery,
        cause,
        new Told(error.condition().elementName(), error.text()),
        failed.status(),
        failed.response());
    settle(delivery, delivery.redelivered ? List.of() : answers.of(delivery, failed));
  }

  /** Makes a kept one a dead letter, before its sender is told: so that is done once. */
  private void bury(Delivery delivery, String cause, Told told, int status, String response) {
    if (keeper == null || !delivery.isKept()) {
      return;
    }
    keeper.bury(
        delivery.position,
        new Burial(
            keeper.millis(),
            delivery.attempt,
            cause,
            told.condition(),
            told.text(),
            status,
            response));
    delivery.position = 0;
    listener.buried(delivery.stanza, delivery.webhookId, cause);
  }

  /** What the sender is told of a failure, or in place of it the operator. */
  private record Told(String condition, String text) {}

  private void settle(Delivery delivery, List<OutboundStanza> answer) {
    replies.send(answer, delivery);
    backlog.callEnded(delivery.lane);
  }

  private void look() {
    if (typing != null) {
      typing.look();
    }
  }

  private void retryIsDue(long timer) {
    retries.timerFired(timer);
    callWaiting();
  }

  /** Begins as many calls as there are places. */
  void callWaiting() {
    while (placeFree()) {
      Delivery next = retries.poll();
      if (next != null && next.retryUntil - nanoTime.getAsLong() <= 0) {
        giveUp(next);
        continue;
      }
      next = next == null ? backlog.poll() : next;
      if (next == null) {
        return;
      }
      call(next);
    }
  }

  /** Gives up what was to be tried again and found no place until it was too late. */
  void sweep() {
    retries.expire(this::giveUp);
    callWaiting();
  }

  /** Sets the timers of the next retry and of the next look; at the end of a turn. */
  void armTimers() {
    retries.arm(placeFree());
    brake.arm();
    if (typing != null) {
      typing.arm();
    }
  }

  /** The end begins: answers are held no longer. */
  void beginDrain() {
    draining = true;
    brake.open();
    callWaiting();
  }

  /** Lets go of what is kept and waits for another attempt, now or later: the spool has it. */
  void forgetKeptRetries() {
    retries.removeKept(delivery -> backlog.callEnded(delivery.lane));
  }

  /** Ends all calls, and gives up what waits for another. */
  void cutShort() {
    retries.clear(this::giveUp);
    for (Delivery delivery = open.oldest(); delivery != null; delivery = open.oldest()) {
      Disposable call = Objects.requireNonNull(delivery.call);
      call.dispose();
      called(delivery, call, null);
    }
  }
}
