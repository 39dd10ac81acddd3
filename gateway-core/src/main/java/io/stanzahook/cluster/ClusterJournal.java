package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.ConversationKey;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.DispatchClock;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.KeptMessages;
import io.stanzahook.delivery.Outbound;
import io.stanzahook.delivery.SafeSteps;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps messages in the log of a cluster. What one process takes in, another one may bring forth:
 * so a message that is safe is nobody's here, until this process takes it from a partition that it
 * owns. Answers go through the log, too, because the stream may be elsewhere.
 *
 * <p>Belongs to the dispatcher's turns, but for the listener's methods, which come on the log's
 * threads and hand themselves over.
 */
public final class ClusterJournal
    implements Journal, Journal.Entrance, Journal.Exit, ComponentLog.MessageListener {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final String domain;
  private final ComponentLog cluster;
  private final KeptMessages messages;
  private final DispatchClock clock;
  private final Deliveries deliveries;
  private final Duration replyAge;

  /** On their way to the log, in the order in which they came. */
  private final ArrayDeque<Unsafe> unsafe = new ArrayDeque<>();

  private final SafeSteps steps = new SafeSteps();

  /** Taken from the log, and not handed on yet. */
  private final ArrayDeque<Taken> arrived = new ArrayDeque<>();

  /** Handed on, by their positions here. */
  private final Map<Long, Taken> held = new HashMap<>();

  private long lastPosition;
  private boolean stopped;

  /** What the log acknowledged since the last turn. */
  private final Queue<Runnable> acked = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean resuming = new AtomicBoolean();

  /** One on its way to the log; as a step, what follows once it is there. */
  private final class Unsafe implements Runnable {
    boolean acked;

    @Override
    public void run() {
      isSafe(this);
    }
  }

  private ClusterJournal(
      String domain,
      ComponentLog cluster,
      Executor executor,
      DispatchClock clock,
      Duration replyAge,
      Deliveries deliveries) {
    this.domain = domain;
    this.cluster = cluster;
    this.messages = new KeptMessages(domain, "log", executor, clock, deliveries);
    this.clock = clock;
    this.replyAge = replyAge;
    this.deliveries = deliveries;
  }

  /**
   * How it is opened.
   *
   * @param executor where to go on with what the log brings
   * @param replyAge how long answers wait for the stream
   */
  public static Opener opener(
      String domain,
      ComponentLog cluster,
      Executor executor,
      DispatchClock clock,
      Duration replyAge) {
    return deliveries -> {
      ClusterJournal journal =
          new ClusterJournal(domain, cluster, executor, clock, replyAge, deliveries);
      cluster.follow(journal);
      journal.look();
      return journal;
    };
  }

  /**
   * A turn now and then, at whose end more is asked for if there is room again: nobody tells when
   * the stream becomes this process's own, or when the brokers are back.
   */
  private void look() {
    deliveries.later(LOOK, this::look);
  }

  @Override
  public Entrance entrance() {
    return this;
  }

  @Override
  public Exit exit() {
    return this;
  }

  @Override
  public boolean keeps(Stanza stanza) {
    return KeptMessages.areKept(stanza);
  }

  @Override
  public long room() {
    return cluster.isFull() ? 0 : steps.room();
  }

  @Override
  public int unsafe() {
    return steps.unsafe();
  }

  @Override
  public void keep(Delivery delivery) {
    Stanza stanza = delivery.stanza();
    if (!keeps(stanza)) {
      deliveries.next(delivery);
      return;
    }
    steps.taken();
    Unsafe on = new Unsafe();
    unsafe.add(on);
    ConversationKey key = delivery.conversation();
    cluster.append(
        key.from() + '\0' + key.to(),
        messages.record(delivery),
        stanza instanceof Message message ? message.room() : null,
        () -> acked(on));
  }

  /** The log acknowledges many at once: they share a turn. */
  private void acked(Runnable step) {
    acked.add(step);
    if (!resuming.getAndSet(true)) {
      messages.resume(this::takeAcked);
    }
  }

  private void takeAcked() {
    resuming.set(false);
    for (Runnable step = acked.poll(); step != null; step = acked.poll()) {
      step.run();
    }
  }

  private void isSafe(Unsafe one) {
    one.acked = true;
    int count = 0;
    for (; !unsafe.isEmpty() && unsafe.element().acked; count++) {
      unsafe.remove();
    }
    steps.done(count);
  }

  @Override
  public void onceSafe(Runnable step, Runnable otherwise) {
    steps.onceSafe(step, otherwise);
  }

  /** Whether they get to the log is not known: nobody is told, as after a crash. */
  @Override
  public void giveBack(Consumer<Stanza> each) {
    steps.refuse();
    steps.done(unsafe.size());
    unsafe.clear();
  }

  @Override
  public void handOn(long room) {
    for (long free = room; free > 0 && !arrived.isEmpty(); free--) {
      handOn(arrived.remove());
    }
  }

  private void handOn(Taken next) {
    ClusterMessage message = next.message();
    Stanza stanza = messages.stanza(message.record());
    if (stanza == null) {
      cluster.bury(next, messages.unreadable(), () -> cluster.finish(next));
      return;
    }
    if (message.place() != null && stanza instanceof Message said) {
      stanza = said.in(message.place());
    }
    Delivery delivery = messages.delivery(stanza, message.record(), ++lastPosition);
    delivery.answerThroughJournal();
    held.put(delivery.position(), next);
    deliveries.next(delivery);
  }

  @Override
  public boolean mayBegin(Delivery delivery) {
    if (!delivery.isKept()) {
      return true;
    }
    Taken of = held.get(delivery.position());
    if (of == null) {
      return false;
    }
    if (cluster.mayBegin(of)) {
      return true;
    }
    held.remove(delivery.position());
    cluster.letGo(of);
    return false;
  }

  @Override
  public Mono<Void> send(
      List<OutboundStanza> stanzas, Delivery delivery, boolean areAnswer, Outbound stream) {
    if (!delivery.answersThroughJournal()) {
      return stream.send(stanzas);
    }
    return Mono.create(
        sink -> {
          Taken of = areAnswer ? held.get(delivery.position()) : null;
          cluster.reply(
              delivery.conversation().from(),
              of == null
                  ? ReplySet.of(domain, expires(), xml(stanzas))
                  : ReplySet.to(of, expires(), xml(stanzas)),
              () -> acked(sink::success));
        });
  }

  private long expires() {
    return clock.millis().getAsLong() + replyAge.toMillis();
  }

  private static List<String> xml(List<OutboundStanza> stanzas) {
    return stanzas.stream().map(stanza -> XmlWriter.write(stanza.element())).toList();
  }

  @Override
  public void settle(long position) {
    Taken of = held.remove(position);
    if (of != null) {
      cluster.finish(of);
    }
  }

  @Override
  public void bury(long position, Burial why) {
    Taken of = held.remove(position);
    if (of != null) {
      cluster.bury(of, why, () -> cluster.finish(of));
    }
  }

  @Override
  public Duration retryForUnkept(Duration retryFor) {
    return KeptMessages.retryForOthers(retryFor);
  }

  @Override
  public void stop() {
    stopped = true;
    arrived.forEach(cluster::letGo);
    arrived.clear();
  }

  @Override
  public DeadLetters deadLetters() {
    return cluster.deadLetters();
  }

  @Override
  public void close() {
    cluster.leave();
  }

  @Override
  public void arrived(List<Taken> next) {
    messages.resume(
        () -> {
          if (stopped) {
            next.forEach(cluster::letGo);
          } else {
            arrived.addAll(next);
          }
        });
  }

  @Override
  public void release(Set<Ownership> those) {
    messages.resume(
        () -> {
          drop(those);
          deliveries.release(position -> isOf(those, held.get(position)));
        });
  }

  @Override
  public void lost(Set<Ownership> those) {
    messages.resume(
        () -> {
          drop(those);
          deliveries.lost(position -> isOf(those, held.get(position)));
          for (Iterator<Taken> all = held.values().iterator(); all.hasNext(); ) {
            Taken each = all.next();
            if (those.contains(each.ownership())) {
              all.remove();
              cluster.letGo(each);
            }
          }
        });
  }

  @Override
  public void letGo(Delivery delivery) {
    Taken of = held.remove(delivery.position());
    if (of != null) {
      cluster.letGo(of);
    }
  }

  private void drop(Set<Ownership> those) {
    for (Iterator<Taken> all = arrived.iterator(); all.hasNext(); ) {
      Taken each = all.next();
      if (those.contains(each.ownership())) {
        all.remove();
        cluster.letGo(each);
      }
    }
  }

  private static boolean isOf(Set<Ownership> those, @Nullable Taken taken) {
    return taken != null && those.contains(taken.ownership());
  }
}
