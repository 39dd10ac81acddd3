package io.stanzahook.delivery;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.local.LocalService;
import io.stanzahook.spool.Spool;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.Webhook;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
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

  private final String domain;
  private DispatchSettings settings;
  private final LocalService local;
  private final Replies replies;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final Answers answers;
  private final WebhookIds ids = new WebhookIds(new SecureRandom());
  private final Turns turns = new Turns(this::turnEnds, this::fault);
  private final StanzaIntake intake;
  private final Backlog backlog;
  private final @Nullable Keeper keeper;
  private final Calls calls;
  private final Draining draining = new Draining();
  private final Sinks.Empty<Void> drained = Sinks.empty();
  private final Figures figures = new Figures();

  /** A dispatcher for one component, which keeps nothing on disk. */
  public Dispatcher(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener) {
    this(domain, settings, local, webhook, outbound, listener, null, Runnable::run);
  }

  /**
   * A dispatcher for one component.
   *
   * @param spool opens the spool that messages are kept in, at once; null for none
   * @param executor where to go on with what is on disk: best an event loop of the webhook's
   * @throws io.stanzahook.spool.SpoolException if the spool cannot be opened
   */
  public Dispatcher(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      @Nullable SpoolOpener spool,
      Executor executor) {
    this(
        domain,
        settings,
        local,
        webhook,
        outbound,
        listener,
        DispatchClock.system(),
        () -> ThreadLocalRandom.current().nextDouble(),
        spool,
        executor);
  }

  Dispatcher(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      DispatchClock clock,
      DoubleSupplier random,
      @Nullable SpoolOpener spool,
      Executor executor) {
    this.domain = domain;
    this.settings = settings;
    this.local = local;
    this.listener = listener;
    this.nanoTime = clock.nanoTime();
    this.scheduler = clock.scheduler();
    this.replies = new Replies(outbound, turns::take, listener, nanoTime);
    this.answers = new Answers(domain, settings.notices().receipts(), listener);
    this.backlog = new Backlog(settings);
    this.keeper =
        spool == null
            ? null
            : Keeper.open(
                spool,
                domain,
                executor,
                turns::take,
                clock,
                backlog,
                this::enterKept,
                outbound::kept,
                listener::deadLettersDiscarded);
    if (keeper != null) {
      replies.onSettled(keeper::settle);
    }
    this.calls =
        new Calls(
            domain,
            settings,
            webhook,
            backlog,
            replies,
            answers,
            listener,
            keeper,
            clock,
            random,
            turns::take);
    this.figures.set(0, calls.limit(), 0, null);
    this.intake =
        new StanzaIntake(
            stanza -> turns.take(() -> received(stanza)),
            // The end of each turn asks for what there is room for.
            () -> turns.take(() -> {}),
            this::look,
            () -> turns.take(draining::streamEnded),
            scheduler);
  }

  /** What messages are kept in, or null. */
  public @Nullable Spool spool() {
    return keeper == null ? null : keeper.spool();
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
   * Takes what may change while stanzas flow. Nothing is dropped: calls beyond a lower limit end as
   * they would have, what waits beyond a shorter queue goes on waiting, and another time for
   * retries is that of deliveries that fail from now on.
   */
  public void change(DispatchSettings next) {
    turns.take(
        () -> {
          calls.change(next);
          settings = next;
          calls.callWaiting();
        });
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
          turns.take(this::beginDrain);
          Disposable deadline =
              scheduler.schedule(
                  () -> turns.take(this::cutShort), most.toNanos(), TimeUnit.NANOSECONDS);
          return drained.asMono().doFinally(signal -> deadline.dispose());
        });
  }

  /** Closes the spool, where there is one: after {@link #drain}, and after the stream is closed. */
  public Mono<Void> close() {
    if (keeper == null) {
      return Mono.empty();
    }
    return Mono.<Void>create(sink -> turns.take(sink::success))
        .then(Mono.<Void>fromRunnable(keeper::close).subscribeOn(Schedulers.boundedElastic()));
  }

  private void fault(Throwable fault) {
    log.error("{}: a fault while dispatching", domain, fault);
  }

  private void received(Stanza stanza) {
    intake.arrived();
    draining.arrived();
    if (!stanza.to().hasDomain(domain)) {
      listener.refused(stanza, RefusalReason.FOREIGN_TO);
      return;
    }
    listener.received(stanza);
    List<OutboundStanza> own = local.answer(stanza);
    if (own != null) {
      answerLocally(stanza, own);
    } else if (!settings.postKinds().contains(stanza.kind())) {
      // Nobody asked for it: silence, as a server meets what it does not route.
    } else if (keeper != null && keeper.keeps(stanza)) {
      keep(keeper, stanza);
    } else if (draining.hasBegun()) {
      refuse(stanza, RefusalReason.SHUTDOWN);
    } else if (settings.flow().overload() == FlowSettings.Overload.REJECT && room() <= 0) {
      refuse(stanza, RefusalReason.QUEUE_FULL);
    } else if (calls.isBraked(stanza)) {
      refuse(stanza, RefusalReason.QUEUE_FULL);
    } else {
      Delivery delivery =
          backlog.enter(stanza, ids.next(), nanoTime.getAsLong(), calls.placeFree());
      if (delivery != null) {
        calls.call(delivery);
      }
    }
  }

  /** With a spool, an answer says that all that came before the question is safe. */
  private void answerLocally(Stanza stanza, List<OutboundStanza> own) {
    if (keeper == null || stanza.kind() != StanzaKind.IQ) {
      replies.send(own, null);
    } else {
      keeper
          .appends()
          .onceSafe(
              () -> replies.send(own, null),
              () -> replies.send(answers.refusal(stanza, RefusalReason.SPOOL_FULL), null));
    }
  }

  /** Takes a message into the spool, at shutdown too: it is delivered after the next start. */
  private void keep(Keeper keep, Stanza stanza) {
    if (settings.flow().overload() == FlowSettings.Overload.REJECT && keep.room() <= 0) {
      refuse(stanza, RefusalReason.SPOOL_FULL);
    } else {
      keep.appends().keep(stanza, ids.next());
    }
  }

  private boolean enterKept(Kept kept) {
    return backlog.enter(kept, calls.placeFree(), calls::call);
  }

  private void refuse(Stanza stanza, RefusalReason reason) {
    listener.refused(stanza, reason);
    replies.send(answers.refusal(stanza, reason), null);
  }

  private void look() {
    if (figures.waiting() > 0 || draining.hasBegun()) {
      turns.take(this::sweep);
    }
  }

  private void sweep() {
    backlog.expire(nanoTime.getAsLong(), late -> refuse(late.stanza, RefusalReason.QUEUE_TIMEOUT));
    calls.sweep();
    draining.tick();
  }

  private void beginDrain() {
    draining.begin(intake.isSpent());
    if (keeper != null) {
      keeper.stop();
      backlog.forgetKept();
      calls.forgetKeptRetries();
    }
    calls.beginDrain();
  }

  private void cutShort() {
    List<Delivery> waiting = new ArrayList<>();
    backlog.clear(waiting::add);
    // Those in flight first: within a conversation errors come in the order of their stanzas, too.
    calls.cutShort();
    waiting.forEach(rest -> refuse(rest.stanza, RefusalReason.SHUTDOWN));
    if (keeper != null) {
      keeper.appends().giveBack(stanza -> refuse(stanza, RefusalReason.SHUTDOWN));
    }
    replies.ending();
  }

  /** Places in the queue that are neither taken nor promised. */
  private long room() {
    if (keeper == null) {
      return (long) settings.flow().queue()
          - backlog.size()
          - calls.waitingAfterACall()
          - replies.unwritten();
    }
    // What is not kept may fill a queue of its own; what is kept waits on disk.
    int called = calls.waitingAfterACall() - calls.waitingAfterACallKept();
    return Math.min(keeper.room(), (long) settings.flow().queue() - backlog.unkept() - called);
  }

  /** After each turn: shows the state to other threads, asks for more, notices the end. */
  private void turnEnds() {
    if (keeper != null) {
      // Those written now may be what the next calls waited for.
      calls.callWaiting();
      keeper.handOn(
          (long) settings.flow().queue() - backlog.kept() - calls.waitingAfterACallKept());
    }
    calls.armTimers();
    figures.set(
        calls.size(),
        calls.limit(),
        backlog.size() + calls.waitingAfterACall(),
        Delivery.older(backlog.oldest(), calls.oldestRetry()));
    if (draining.hasBegun()) {
      intake.askWhileDraining(
          settings.flow(), keeper == null ? Long.MAX_VALUE : keeper.room(), replies.unwritten());
    } else {
      intake.ask(settings.flow(), room());
    }
    checkDrained();
  }

  private void checkDrained() {
    if (draining.hasBegun()
        && draining.hasCaughtUp()
        && calls.size() == 0
        && figures.waiting() == 0
        && replies.unwritten() == 0
        && (keeper == null || keeper.appends().unsafe() == 0)) {
      drained.tryEmitEmpty();
    }
  }
}
