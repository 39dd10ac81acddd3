package io.stanzahook.delivery;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.local.LocalService;
import io.stanzahook.order.Turns;
import io.stanzahook.order.Wheel;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.Webhook;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Receives a component's stanzas. Each one is answered locally, refused, or put into the journal
 * and delivered (see {@link Deliverer}). Stanzas of one conversation are POSTed one after another,
 * others at the same time, up to the concurrency. All others wait in a bounded queue.
 *
 * <p>Demand: it asks for as many stanzas as the queue has room for, less those that wait to be
 * written. So reading stops before anything grows. Under {@link FlowSettings.Overload#REJECT} it
 * always asks for some more, and refuses stanzas for which there is no room.
 *
 * <p>Threading: signals may come on any thread. {@link Turns} handles them one at a time, and no
 * state is touched outside of a turn. A webhook is called on the thread whose turn it is. Usually
 * that is the event loop that brought the stanza, or the response before.
 */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * While draining, how often it looks for stanzas that the server sent before, and how long after
   * each other.
   */
  private static final int MAX_LOOKS = 4;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final String domain;
  private DispatchSettings settings;
  private final LocalService local;
  private final DeliveryListener listener;
  private final LongSupplier nanoTime;
  private final WebhookIds ids = new WebhookIds(new SecureRandom(), "msg_");
  private final Deliverer deliverer;
  private final Replies replies;
  private final Journal.Entrance entrance;
  private final Journal.Exit exit;
  private final Turns turns;
  private final Wheel wheel;
  private final StanzaIntake intake;

  private final Consumer<Stanza> received = this::received;
  private final Sinks.Empty<Void> drained = Sinks.empty();
  private boolean draining;

  /** Whether a stanza came since the last look, and how many looks are left. */
  private boolean arrived;

  private int looksLeft;
  private boolean streamEnded;

  /**
   * For other threads, which may see a value a moment later. They are set several times for each
   * stanza.
   */
  private final AtomicInteger calls = new AtomicInteger();

  private final AtomicInteger limit = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * A dispatcher for one component.
   *
   * @param journal is opened at once
   */
  public Dispatcher(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      Journal.Opener journal) {
    this(
        domain,
        settings,
        local,
        webhook,
        outbound,
        listener,
        DispatchClock.system(),
        () -> ThreadLocalRandom.current().nextDouble(),
        journal);
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
      Journal.Opener journal) {
    this.domain = domain;
    this.settings = settings;
    this.local = local;
    this.listener = listener;
    this.nanoTime = clock.nanoTime();
    this.deliverer =
        new Deliverer(
            domain,
            settings,
            local,
            webhook,
            outbound,
            listener,
            clock,
            random,
            journal,
            this::turnEnds,
            fault -> log.error("{}: a fault while dispatching", domain, fault));
    this.replies = deliverer.replies();
    this.entrance = deliverer.journal().entrance();
    this.exit = deliverer.journal().exit();
    this.turns = deliverer.turns();
    this.wheel = deliverer.wheel();
    this.limit.set(deliverer.limit());
    this.intake =
        new StanzaIntake(
            stanza -> turns.take(received, stanza),
            // The end of each turn asks for what there is room for.
            () -> turns.take(() -> {}),
            () ->
                turns.take(
                    () -> {
                      streamEnded = true;
                      looksLeft = 0;
                    }));
    deliverer.start();
  }

  /** The form of a bare address in which all ways of writing it are the same. */
  public static String person(Jid address) {
    return ConversationKey.normalized(address);
  }

  /** The dead letters, to look at, redeliver or discard; null if nothing is kept. */
  public @Nullable DeadLetters deadLetters() {
    return exit.deadLetters();
  }

  /** How much is kept on disk; null if nothing is kept. */
  public @Nullable JournalFigures journal() {
    return exit.figures();
  }

  /** The subscriber for the component's stanzas. Subscribe it once. */
  public CoreSubscriber<Stanza> intake() {
    return intake;
  }

  /** Webhook calls in flight. */
  public int inFlight() {
    return calls.get();
  }

  /** Webhook calls that may be in flight now. */
  public int concurrencyLimit() {
    return limit.get();
  }

  /** Stanzas that wait for their first call, for another one, or for their answer to leave. */
  public int queued() {
    return waiting.get();
  }

  /** How long the oldest waiting stanza has waited, in nanoseconds; 0 if none waits. */
  public long oldestQueuedNanos() {
    AtomicLong oldest = new AtomicLong(nanoTime.getAsLong());
    if (waiting.get() > 0) {
      turns.take(() -> oldest.set(deliverer.oldestWaiting()));
    }
    return Math.max(0, nanoTime.getAsLong() - oldest.get());
  }

  /**
   * Applies settings that may change while stanzas flow. Nothing is dropped: with a lower limit,
   * calls in flight end as usual; with a shorter queue, stanzas that wait go on waiting; another
   * time for retries applies to deliveries that fail from now on.
   */
  public void change(DispatchSettings next) {
    turns.take(
        () -> {
          deliverer.change(next);
          settings = next;
        });
  }

  /** Starts the next attempt of a few deliveries now: of those that wait longest for one. */
  public void hasten() {
    turns.take(deliverer::hasten);
  }

  /**
   * Delivers a stanza again, as if it had arrived once more, under an id that says so. If that is
   * not possible, only the caller is told.
   *
   * @return the new webhook-id; ends with an {@link IllegalStateException} that says why it is not
   *     delivered
   */
  public Mono<String> deliverAgain(Stanza stanza) {
    return Mono.create(
        sink ->
            turns.take(
                () -> {
                  boolean kept = entrance.keeps(stanza);
                  if (draining) {
                    sink.error(new IllegalStateException("the gateway is stopping"));
                  } else if (kept ? entrance.room() <= 0 : room() <= 0) {
                    sink.error(new IllegalStateException("the queue is full"));
                  } else {
                    String id = ids.again();
                    entrance.keep(deliverer.delivery(stanza, id, nanoTime.getAsLong()));
                    sink.success(id);
                  }
                }));
  }

  /**
   * Accepts no more stanzas, lets the deliveries end, and after the given time answers the rest
   * with an error. Completes when all deliveries have ended.
   */
  public Mono<Void> drain(Duration most) {
    return Mono.defer(
        () -> {
          turns.take(() -> beginDrain(most));
          return drained.asMono();
        });
  }

  /** Closes the journal. Call it after {@link #drain}, when the stream is closed. */
  public Mono<Void> close() {
    return Mono.<Void>create(
            sink ->
                turns.take(
                    () -> {
                      wheel.stop();
                      sink.success();
                    }))
        .then(
            Mono.<Void>fromRunnable(deliverer.journal()::close)
                .subscribeOn(Schedulers.boundedElastic()));
  }

  private void received(Stanza stanza) {
    intake.arrived();
    arrived = true;
    if (!stanza.to().hasDomain(domain)) {
      listener.refused(stanza, RefusalReason.FOREIGN_TO);
      return;
    }
    listener.received(stanza);
    List<OutboundStanza> own = local.answer(stanza);
    if (own != null) {
      answerLocally(stanza, own);
    } else if (settings.postKinds().contains(stanza.kind())
        || (stanza instanceof Iq iq && iq.command() != null)) {
      RefusalReason reason = entrance.keeps(stanza) ? refusalOfKept() : refusal(stanza);
      if (reason == null) {
        entrance.keep(deliverer.delivery(stanza, ids.next(), nanoTime.getAsLong()));
      } else {
        deliverer.refuse(stanza, reason);
      }
    }
    // Otherwise nobody asked for it. It is ignored, as servers ignore what they do not route.
  }

  /** An answer to an iq confirms that everything that came before the iq is safe. */
  private void answerLocally(Stanza stanza, List<OutboundStanza> own) {
    if (stanza.kind() == StanzaKind.IQ) {
      entrance.onceSafe(
          () -> replies.send(own, null),
          () -> deliverer.answerRefusal(stanza, RefusalReason.SPOOL_FULL));
    } else {
      replies.send(own, null);
    }
  }

  /** Why a stanza is not kept; null if it is. At shutdown it is kept for the next start. */
  private @Nullable RefusalReason refusalOfKept() {
    return rejects() && entrance.room() <= 0 ? RefusalReason.SPOOL_FULL : null;
  }

  private @Nullable RefusalReason refusal(Stanza stanza) {
    if (draining) {
      return RefusalReason.SHUTDOWN;
    }
    return (rejects() && room() <= 0) || deliverer.isBraked(stanza)
        ? RefusalReason.QUEUE_FULL
        : null;
  }

  private boolean rejects() {
    return settings.flow().overload() == FlowSettings.Overload.REJECT;
  }

  /** Free places in the queue. Stanzas that are kept have places of their own. */
  private long room() {
    int taken = deliverer.waitingUnkept() + replies.unwritten() - replies.unwrittenKept();
    return Math.min(entrance.room(), (long) settings.flow().queue() - taken);
  }

  /** After each turn: shows the state to other threads, asks for more stanzas, notices the end. */
  private void turnEnds() {
    exit.handOn((long) settings.flow().queue() - deliverer.waitingKept());
    calls.setRelease(deliverer.calls());
    limit.setRelease(deliverer.limit());
    waiting.setRelease(deliverer.waitingKept() + deliverer.waitingUnkept());
    if (draining) {
      intake.askWhileDraining(settings.flow(), entrance.room(), replies.unwritten());
      checkDrained();
    } else {
      intake.ask(settings.flow(), room());
    }
  }

  /**
   * Begins the end. If reading had stopped because there was no room, the server has sent more
   * stanzas. These are still read and refused, because otherwise their senders would hear nothing.
   * The gateway sees the end of them only when nothing comes any more. As a server may go on
   * sending, it looks a limited number of times.
   */
  private void beginDrain(Duration most) {
    draining = true;
    looksLeft = intake.isSpent() && !streamEnded ? MAX_LOOKS : 0;
    wheel.in(BETWEEN_LOOKS.toNanos(), this::look);
    wheel.in(most.toNanos(), this::cutShort);
    deliverer.beginDrain();
  }

  private void look() {
    if (looksLeft > 0) {
      looksLeft = arrived ? looksLeft - 1 : 0;
      arrived = false;
      wheel.in(BETWEEN_LOOKS.toNanos(), this::look);
    }
  }

  private void cutShort() {
    deliverer.cutShort();
    entrance.giveBack(stanza -> deliverer.refuse(stanza, RefusalReason.SHUTDOWN));
  }

  private void checkDrained() {
    if (looksLeft == 0
        && deliverer.calls() == 0
        && deliverer.waitingKept() + deliverer.waitingUnkept() == 0
        && replies.unwritten() == 0
        && entrance.unsafe() == 0) {
      drained.tryEmitEmpty();
    }
  }
}
