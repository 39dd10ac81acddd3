package io.stanzahook.dispatch;

import io.stanzahook.dispatch.DeliveryListener.RefusalReason;
import io.stanzahook.local.LocalService;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.webhook.WebhookResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
 * the concurrency; those beyond wait, in a bounded queue.
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

  /** Statuses by which a webhook, or what stands before it, says that it is too much. */
  private static final Set<Integer> OVERLOADED = Set.of(408, 429, 502, 503, 504);

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
  private final DeliveryList calls = new DeliveryList();

  private final Demand demand = new Demand();
  private FlowSettings flow;
  private ConcurrencyLimit limit;

  private boolean draining;
  private final Sinks.Empty<Void> drained = Sinks.empty();

  /** For other threads to read. */
  private volatile int callCount;

  private volatile int shownLimit;

  private volatile int waitingCount;
  private volatile long oldestWaiting;

  /** A dispatcher for one component. */
  public Dispatcher(
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener) {
    this(settings, local, webhook, outbound, listener, System::nanoTime, Schedulers.parallel());
  }

  Dispatcher(
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      LongSupplier nanoTime,
      Scheduler scheduler) {
    this.settings = settings;
    this.local = local;
    this.webhook = webhook;
    this.replies = new Replies(outbound, turns::take, listener, nanoTime);
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    this.flow = settings.flow();
    this.limit = ConcurrencyLimit.of(flow.concurrency(), nanoTime.getAsLong());
    this.shownLimit = limit.limit();
    this.backlog = new Backlog(settings);
    this.answers = new Answers(settings.domain(), listener);
  }

  /** What the component's stanzas are to be subscribed with, once. */
  public CoreSubscriber<Stanza> intake() {
    return intake;
  }

  /** Webhook calls in flight. */
  public int inFlight() {
    return callCount;
  }

  /** Webhook calls that may be in flight now. */
  public int concurrencyLimit() {
    return shownLimit;
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

  /** Stanzas waiting for a call. */
  public int queued() {
    return waitingCount;
  }

  /** How long the oldest waiting stanza has waited, in nanoseconds; 0 where none waits. */
  public long oldestQueuedNanos() {
    return waitingCount == 0 ? 0 : Math.max(0, nanoTime.getAsLong() - oldestWaiting);
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
    delivery.calledAt = nanoTime.getAsLong();
    listener.calling(delivery.stanza, delivery.webhookId, 1);
    ResultSubscriber subscriber = new ResultSubscriber(delivery);
    delivery.call = subscriber;
    Mono<WebhookResult> result = webhook.post(delivery.stanza, delivery.webhookId, 1);
    if (delivery.stanza instanceof Iq iq && iq.isRequest()) {
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
  private void called(Delivery delivery, @Nullable WebhookResult result) {
    if (delivery.call == null) {
      return;
    }
    delivery.call = null;
    long now = nanoTime.getAsLong();
    long nanos = now - delivery.calledAt;
    limit.callEnded(now, nanos, calls.size(), outcomeOf(result));
    calls.remove(delivery);
    List<OutboundStanza> stanzas;
    if (result == null) {
      stanzas = answers.cutShort(delivery.stanza);
    } else {
      listener.called(delivery.stanza, delivery.webhookId, 1, result, nanos);
      stanzas = answers.of(delivery, result);
    }
    replies.send(stanzas, delivery);
    backlog.callEnded(delivery.lane);
    callWaiting();
  }

  /** What a call cut short or failed says about the webhook's load. */
  private static ConcurrencyLimit.Outcome outcomeOf(@Nullable WebhookResult result) {
    boolean overloaded =
        result == null
            || (result instanceof WebhookResult.Failed failed
                && (failed.outcome() != WebhookResult.Outcome.ANSWERED
                    || OVERLOADED.contains(failed.status())));
    return overloaded ? ConcurrencyLimit.Outcome.OVERLOADED : ConcurrencyLimit.Outcome.DONE;
  }

  private void callWaiting() {
    while (calls.size() < limit.limit()) {
      Delivery next = backlog.poll();
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
  }

  private void cutShort() {
    backlog.clear(rest -> refuse(rest.stanza, RefusalReason.SHUTDOWN));
    for (Delivery delivery = calls.oldest(); delivery != null; delivery = calls.oldest()) {
      if (delivery.call != null) {
        delivery.call.dispose();
      }
      called(delivery, null);
    }
  }

  /** Places in the queue that are neither taken nor promised. */
  private long room() {
    return (long) flow.queue() - backlog.size() - replies.unwritten();
  }

  /** After each turn: shows the state to other threads, asks for more, notices the end. */
  private void turnEnds() {
    callCount = calls.size();
    shownLimit = limit.limit();
    Delivery oldest = backlog.oldest();
    if (oldest != null) {
      oldestWaiting = oldest.received;
    }
    waitingCount = backlog.size();
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
    if (draining && calls.size() == 0 && waitingCount == 0 && replies.unwritten() == 0) {
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
                if (waitingCount > 0) {
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

  /** Takes one call's result. */
  private final class ResultSubscriber extends BaseSubscriber<WebhookResult> {
    private final Delivery delivery;

    ResultSubscriber(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    protected void hookOnNext(WebhookResult result) {
      turns.take(() -> called(delivery, result));
    }

    @Override
    protected void hookOnComplete() {
      turns.take(() -> called(delivery, null));
    }

    @Override
    protected void hookOnError(Throwable error) {
      turns.take(() -> called(delivery, null));
    }
  }
}
