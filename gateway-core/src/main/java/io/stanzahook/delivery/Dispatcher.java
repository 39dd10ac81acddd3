package io.stanzahook.delivery;

import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.local.LocalService;
import io.stanzahook.order.Turns;
import io.stanzahook.order.Wheel;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.Webhook;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Receives a component's stanzas. Each one is answered locally, refused, or put into the journal
 * and delivered (see {@link Deliverer}). Stanzas of one conversation are POSTed one after another,
 * others at the same time, up to the concurrency. All others wait in a bounded queue.
 *
 * <p>Demand: it asks for as many stanzas as the queue has room for, less those that wait to be
 * written. So reading stops before anything grows. Under {@link FlowSettings.Overload#REJECT}, and
 * while draining, it always asks for some more, and refuses stanzas for which there is no room. It
 * never asks for an unlimited number: demand cannot be taken back when the policy changes.
 *
 * <p>Threading: signals may come on any thread. {@link Turns} handles them one at a time, and no
 * state is touched outside of a turn. A webhook is called on the thread whose turn it is. Usually
 * that is the event loop that brought the stanza, or the response before.
 */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * Demand is renewed at the latest when this many places of the queue are free and not asked for.
   */
  private static final int MAX_RENEWED = 64;

  /** How many stanzas are asked for in advance if stanzas without room are refused. */
  private static final int MAX_AHEAD = 2 * MAX_RENEWED;

  /**
   * While draining, how often it looks for stanzas that the server sent before, and how long after
   * each other.
   */
  private static final int MAX_LOOKS = 4;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final String domain;
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
  private final Intake intake = new Intake();
  private final Consumer<Stanza> received = this::received;
  private final Sinks.Empty<Void> drained = Sinks.empty();

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
  private volatile @Nullable Delivery oldest;

  /** A dispatcher for one component. The journal is opened at once. */
  public Dispatcher(
      String domain,
      DispatchSettings settings,
      LocalService local,
      Webhook webhook,
      Outbound outbound,
      DeliveryListener listener,
      DispatchClock clock,
      Journal.Opener journal) {
    this.domain = domain;
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
            journal,
            this::turnEnds,
            fault -> log.error("{}: a fault while dispatching", domain, fault));
    this.replies = deliverer.replies;
    this.entrance = deliverer.journal.entrance();
    this.exit = deliverer.journal.exit();
    this.turns = deliverer.turns;
    this.wheel = deliverer.wheel;
    this.limit.set(deliverer.limit());
    deliverer.start();
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
    if (waiting.get() > 0) {
      turns.take(() -> oldest = deliverer.oldestWaiting());
    }
    // While another thread is in a turn, it is the one that was the oldest before.
    Delivery waits = oldest;
    return waits == null || !waits.state.waits ? 0 : nanoTime.getAsLong() - waits.received;
  }

  /**
   * Applies settings that may change while stanzas flow. Nothing is dropped: with a lower limit,
   * calls in flight end as usual; with a shorter queue, stanzas that wait go on waiting; another
   * time for retries applies to deliveries that fail from now on.
   */
  public void change(DispatchSettings next) {
    turns.take(() -> deliverer.change(next));
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
                  if (deliverer.draining) {
                    sink.error(new IllegalStateException("the gateway is stopping"));
                  } else if (kept ? entrance.room() <= 0 : room() <= 0) {
                    sink.error(new IllegalStateException("the queue is full"));
                  } else {
                    String id = ids.again();
                    keep(stanza, id);
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
            Mono.<Void>fromRunnable(deliverer.journal::close)
                .subscribeOn(Schedulers.boundedElastic()));
  }

  /** Takes the stream's stanzas. Its signals come on any thread; the rest belongs to the turns. */
  private final class Intake extends BaseSubscriber<Stanza> {
    /** How many places in the queue belong to stanzas that were asked for and have not arrived. */
    private long promised;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // The end of each turn asks for what there is room for.
      turns.take(() -> {});
    }

    @Override
    protected void hookOnNext(Stanza stanza) {
      turns.take(received, stanza);
    }

    @Override
    protected void hookFinally(SignalType type) {
      turns.take(
          () -> {
            streamEnded = true;
            looksLeft = 0;
          });
    }

    /** Asks for those of so many stanzas that were not asked for yet. */
    private void ask(long wanted) {
      long more = wanted - promised;
      int least = Math.max(1, Math.min(MAX_RENEWED, deliverer.settings.flow().queue() / 4));
      // Before it is subscribed, nobody hears the request, so the places must not count as
      // promised.
      if (upstream() != null && more >= least) {
        promised += more;
        request(more);
      }
    }
  }

  private void received(Stanza stanza) {
    intake.promised--;
    arrived = true;
    if (!stanza.to().hasDomain(domain)) {
      listener.refused(stanza, RefusalReason.FOREIGN_TO);
      return;
    }
    listener.received(stanza);
    List<OutboundStanza> own = local.answer(stanza);
    if (own != null && stanza.kind() == StanzaKind.IQ) {
      // An answer to an iq confirms that everything that came before the iq is safe.
      entrance.onceSafe(
          () -> replies.send(own, null),
          () -> deliverer.answerRefusal(stanza, RefusalReason.SPOOL_FULL));
    } else if (own != null) {
      replies.send(own, null);
    } else if (deliverer.settings.postKinds().contains(stanza.kind())
        || (stanza instanceof Iq iq && iq.command() != null)) {
      RefusalReason reason = refusal(stanza);
      if (reason == null) {
        keep(stanza, ids.next());
      } else {
        deliverer.refuse(stanza, reason);
      }
    }
    // Otherwise nobody asked for it. It is ignored, as servers ignore what they do not route.
  }

  private void keep(Stanza stanza, String id) {
    entrance.keep(deliverer.delivery(stanza, id, nanoTime.getAsLong()));
  }

  /**
   * Why a stanza is not delivered; null if it is. At shutdown, some are kept for the next start.
   */
  private @Nullable RefusalReason refusal(Stanza stanza) {
    if (entrance.keeps(stanza)) {
      return rejects() && entrance.room() <= 0 ? RefusalReason.SPOOL_FULL : null;
    } else if (deliverer.draining) {
      return RefusalReason.SHUTDOWN;
    }
    return (rejects() && room() <= 0) || deliverer.isBraked(stanza)
        ? RefusalReason.QUEUE_FULL
        : null;
  }

  private boolean rejects() {
    return deliverer.settings.flow().overload() == FlowSettings.Overload.REJECT;
  }

  /** Free places in the queue. Stanzas that are kept have places of their own. */
  private long room() {
    int taken = deliverer.waitingUnkept + replies.unwritten() - replies.unwrittenKept();
    return Math.min(entrance.room(), (long) deliverer.settings.flow().queue() - taken);
  }

  /** After each turn: shows the state to other threads, asks for more stanzas, notices the end. */
  private void turnEnds() {
    exit.handOn((long) deliverer.settings.flow().queue() - deliverer.waitingKept);
    calls.setRelease(deliverer.calls());
    limit.setRelease(deliverer.limit());
    waiting.setRelease(deliverer.waitingKept + deliverer.waitingUnkept);
    if (deliverer.draining) {
      // Nothing is queued any more, but messages may be kept even now.
      intake.ask(Math.min(entrance.room(), MAX_AHEAD - replies.unwritten()));
      checkDrained();
    } else {
      intake.ask(rejects() ? MAX_AHEAD : room());
    }
  }

  /**
   * Begins the end. If reading had stopped because there was no room, the server has sent more
   * stanzas. These are still read and refused, because otherwise their senders would hear nothing.
   * The gateway sees the end of them only when nothing comes any more. As a server may go on
   * sending, it looks a limited number of times.
   */
  private void beginDrain(Duration most) {
    looksLeft = intake.promised <= 0 && !streamEnded ? MAX_LOOKS : 0;
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
        && deliverer.waitingKept + deliverer.waitingUnkept == 0
        && replies.unwritten() == 0
        && entrance.unsafe() == 0) {
      drained.tryEmitEmpty();
    }
  }
}
