package io.stanzahook.dispatch;

import io.stanzahook.dispatch.DeliveryListener.RefusalReason;
import io.stanzahook.local.LocalService;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.webhook.WebhookResult;
import io.stanzahook.webhook.WebhookResult.Answered;
import io.stanzahook.webhook.WebhookResult.Failed;
import io.stanzahook.webhook.WebhookResult.Outcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Takes a component's stanzas and settles each: answered locally, refused, or POSTed and its
 * replies sent. One conversation's stanzas are POSTed one after another; others side by side, up to
 * the concurrency; those beyond wait, in a bounded queue. One whose call failed may wait for
 * another attempt: it holds its conversation then, but no place of the concurrency.
 *
 * <p>Demand: it asks for stanzas only as far as the queue has room for them and for what waits to
 * be written, so that reading stops before anything grows. Under {@link
 * FlowSettings.Overload#REJECT} it always asks for some more and turns away what has no room.
 *
 * <p>Threading: signals may come on any thread and are handled one at a time, by {@link Turns}; no
 * state is touched outside of a turn. A webhook is subscribed to on the thread whose turn it is:
 * mostly the event loop that brought the stanza or the response before.
 */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /** How often waiting stanzas are looked through for what has waited too long. */
  private static final Duration SWEEP = Duration.ofMillis(250);

  private final DispatchSettings settings;
  private final LocalService local;
  private final Webhook webhook;
  private final Replies replies;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final Answers answers;
  private final WebhookIds ids = new WebhookIds(new SecureRandom());
  private final Turns<Runnable> turns = new Turns<>(this::turn);
  private final Intake intake = new Intake();
  private final Backlog backlog;
  private final RetryQueue retries;
  private final DeliveryList calls = new DeliveryList();
  private final Demand demand = new Demand();
  private FlowSettings flow;
  private RetryPolicy retryPolicy;
  private ConcurrencyLimit limit;

  private final CallSubscriber.Ended callEnded =
      (of, call, result) -> turns.take(() -> called(of, call, result));

  private boolean draining;
  private final Sinks.Empty<Void> drained = Sinks.empty();
  private final Figures figures = new Figures();

  /** A dispatcher for one component. */
  public Dispatcher(
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener) {
    this(
        settings,
        local,
        webhook,
        outbound,
        listener,
        System::nanoTime,
        Schedulers.parallel(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  Dispatcher(
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      LongSupplier nanoTime,
      Scheduler scheduler,
      DoubleSupplier random) {
    this.settings = settings;
    this.local = local;
    this.webhook = webhook;
    this.replies = new Replies(outbound, turns::take, listener, nanoTime);
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    this.flow = settings.flow();
    this.limit = ConcurrencyLimit.of(flow.concurrency(), nanoTime.getAsLong());
    this.figures.set(0, limit.limit(), 0, null);
    this.backlog = new Backlog(settings);
    this.retryPolicy = new RetryPolicy(settings.retry(), random);
    this.retries = new RetryQueue(scheduler, nanoTime, () -> turns.take(this::retryIsDue));
    this.answers = new Answers(settings.domain(), listener);
  }

  /** What the component's stanzas are to be subscribed with, once. */
  public CoreSubscriber<Stanza> intake() {
    return intake;
  }

  /** Webhook calls in flight. */
  public int inFlight() {
    return figures.calls();
  }

  /** Webhook calls that may be in flight now. */
  public int concurrencyLimit() {
    return figures.limit();
  }

  /**
   * Changes how much at once. Nothing is dropped: calls beyond a lower limit end as they would
   * have, and what waits beyond a shorter queue goes on waiting.
   */
  public void change(FlowSettings next) {
    turns.take(
        () -> {
          if (!next.concurrency().equals(flow.concurrency())) {
            limit = ConcurrencyLimit.of(next.concurrency(), nanoTime.getAsLong());
          }
          flow = next;
          callWaiting();
        });
  }

  /** Changes how long deliveries are retried that fail from now on. */
  public void retryFor(Duration next) {
    RetrySettings.checkRetryFor(next);
    turns.take(() -> retryPolicy = retryPolicy.withRetryFor(next));
  }

  /** Stanzas waiting for a call, the first or another. */
  public int queued() {
    return figures.waiting();
  }

  /** How long the oldest waiting stanza has waited, in nanoseconds; 0 where none waits. */
  public long oldestQueuedNanos() {
    return figures.oldestNanos(nanoTime.getAsLong());
  }

  /**
   * Takes no more stanzas, lets what is here end, and after the given time answers the rest with an
   * error. Completes when all is settled.
   */
  public Mono<Void> drain(Duration most) {
    return Mono.defer(
        () -> {
          turns.take(() -> draining = true);
          Disposable deadline =
              scheduler.schedule(
                  () -> turns.take(this::cutShort), most.toNanos(), TimeUnit.NANOSECONDS);
          return drained.asMono().doFinally(signal -> deadline.dispose());
        });
  }

  private void turn(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      // A fault of ours in one delivery must not stop all others.
      log.error("{}: a fault while dispatching", settings.domain(), e);
    }
    turnEnds();
  }

  private void received(Stanza stanza) {
    demand.arrived();
    if (!stanza.to().hasDomain(settings.domain())) {
      listener.refused(stanza, RefusalReason.FOREIGN_TO);
      return;
    }
    listener.received(stanza);
    if (replies.isEcho(stanza)) {
      listener.refused(stanza, RefusalReason.ROOM_ECHO);
      return;
    }
    List<OutboundStanza> own = local.answer(stanza);
    if (own != null) {
      replies.send(own, null);
    } else if (!settings.postKinds().contains(stanza.kind())) {
      // Nobody asked for it: silence, as a server meets what it does not route.
      return;
    } else if (draining) {
      refuse(stanza, RefusalReason.SHUTDOWN);
    } else if (flow.overload() == FlowSettings.Overload.REJECT && room() <= 0) {
      refuse(stanza, RefusalReason.QUEUE_FULL);
    } else {
      boolean placeFree = calls.size() < limit.limit();
      Delivery delivery = backlog.enter(stanza, ids.next(), nanoTime.getAsLong(), placeFree);
      if (delivery != null) {
        call(delivery);
      }
    }
  }

  private void call(Delivery delivery) {
    calls.add(delivery);
    delivery.calling(nanoTime.getAsLong());
    listener.calling(delivery.stanza, delivery.webhookId, delivery.attempt);
    CallSubscriber subscriber = new CallSubscriber(delivery, callEnded);
    delivery.call = subscriber;
    Mono<WebhookResult> result =
        webhook.post(delivery.stanza, delivery.webhookId, delivery.attempt);
    if (delivery.isRequest()) {
      long left = delivery.received + settings.iqTimeout().toNanos() - delivery.calledAt;
      result = result.take(Duration.ofNanos(Math.max(0, left)), scheduler);
    }
    result.subscribe(subscriber);
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
      limit.callEnded(now, nanos, calls.size(), ConcurrencyLimit.Outcome.of(result));
    }
    calls.remove(delivery);
    if (result != null) {
      listener.called(delivery.stanza, delivery.webhookId, delivery.attempt, result, nanos);
    }
    if (result instanceof Failed failed) {
      failed(delivery, failed, now);
    } else if (result instanceof Answered answered) {
      settle(delivery, answers.of(delivery, answered));
    } else {
      settle(delivery, answers.cutShort(delivery.stanza));
    }
    callWaiting();
  }

  private void failed(Delivery delivery, Failed failed, long now) {
    int attempt = delivery.attempt;
    delivery.failed(failed);
    long deadline = delivery.firstCalledAt + retryPolicy.retryFor().toNanos();
    if (delivery.isRequest()) {
      long iqDeadline = delivery.received + settings.iqTimeout().toNanos();
      deadline = iqDeadline - deadline < 0 ? iqDeadline : deadline;
    }
    long delay = retryPolicy.delay(failed, delivery.attempt, deadline - now);
    if (delay == RetryPolicy.NEVER) {
      giveUp(delivery);
    } else {
      retries.add(delivery, now + delay, deadline);
      listener.retrying(delivery.stanza, delivery.webhookId, attempt, failed, delay);
    }
  }

  private void giveUp(Delivery delivery) {
    Failed failed = Objects.requireNonNull(delivery.failure);
    listener.gaveUp(delivery.stanza, delivery.webhookId, delivery.attempt, failed);
    settle(delivery, answers.of(delivery, failed));
  }

  private void settle(Delivery delivery, List<OutboundStanza> answer) {
    replies.send(answer, delivery);
    backlog.callEnded(delivery.lane);
  }

  private void retryIsDue() {
    retries.timerFired();
    callWaiting();
  }

  private void callWaiting() {
    while (calls.size() < limit.limit()) {
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

  private void refuse(Stanza stanza, RefusalReason reason) {
    listener.refused(stanza, reason);
    replies.send(answers.refusal(stanza, reason), null);
  }

  private void sweep() {
    backlog.expire(nanoTime.getAsLong(), late -> refuse(late.stanza, RefusalReason.QUEUE_TIMEOUT));
    retries.expire(this::giveUp);
    callWaiting();
  }

  private void cutShort() {
    backlog.clear(rest -> refuse(rest.stanza, RefusalReason.SHUTDOWN));
    retries.clear(this::giveUp);
    for (Delivery delivery = calls.oldest(); delivery != null; delivery = calls.oldest()) {
      Disposable call = Objects.requireNonNull(delivery.call);
      call.dispose();
      called(delivery, call, null);
    }
  }

  /** Places in the queue that are neither taken nor promised. */
  private long room() {
    return (long) flow.queue() - backlog.size() - retries.size() - replies.unwritten();
  }

  /** After each turn: shows the state to other threads, asks for more, notices the end. */
  private void turnEnds() {
    retries.arm(calls.size() < limit.limit());
    figures.set(
        calls.size(),
        limit.limit(),
        backlog.size() + retries.size(),
        Delivery.older(backlog.oldest(), retries.oldest()));
    checkDrained();
    // What comes while draining is still turned away, where that is the policy.
    if (!draining || flow.overload() == FlowSettings.Overload.REJECT) {
      long more = demand.more(flow, room());
      if (more > 0) {
        intake.request(more);
      }
    }
  }

  private void checkDrained() {
    if (draining && calls.size() == 0 && figures.waiting() == 0 && replies.unwritten() == 0) {
      drained.tryEmitEmpty();
    }
  }

  /** Takes stanzas, and the ticks of the sweep as long as they come. */
  private final class Intake extends BaseSubscriber<Stanza> {
    private @Nullable Disposable sweeper;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      turns.take(() -> {}); // The end of each turn asks for what there is room for.
      sweeper =
          scheduler.schedulePeriodically(
              () -> {
                if (figures.waiting() > 0) {
                  turns.take(Dispatcher.this::sweep);
                }
              },
              SWEEP.toMillis(),
              SWEEP.toMillis(),
              TimeUnit.MILLISECONDS);
    }

    @Override
    protected void hookOnNext(Stanza stanza) {
      turns.take(() -> received(stanza));
    }

    @Override
    protected void hookFinally(SignalType type) {
      Disposable current = sweeper;
      if (current != null) {
        current.dispose();
      }
    }
  }
}
