package io.stanzahook.cluster;


import io.stanzahook.delivery.Answers;
import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.ConversationKey;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.Delivery;
import io.stanzahook.delivery.DispatchClock;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.delivery.Outbound;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.KeptStanzaReader;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private static final Logger log = LoggerFactory.getLogger(ClusterJournal.class);

  /** Messages on their way to the log at most. */
  static final int MAX_UNSAFE = 4096;

  private static final Duration LOOK = Duration.ofMillis(100);

  /** Steps that wait for what came before them, at most. */
  private static final int MAX_WAITING = 4096;

  private final String domain;
  private final ComponentLog cluster;
  private final KeptStanzaReader reader;
  private final Executor executor;
  private final DispatchClock clock;
  private final Deliveries deliveries;
  private final Duration replyAge;

  /** On their way to the log, in the order in which they came. */
  private final ArrayDeque<Unsafe> unsafe = new ArrayDeque<>();

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Taken from the log, and not handed on yet. */
  private final ArrayDeque<Taken> arrived = new ArrayDeque<>();

  /** Handed on, by their positions here. */
  private final Map<Long, Taken> held = new HashMap<>();

  private long lastPosition;
  private long taken;
  private long safe;
  private boolean stopped;

  private static final class Unsafe {
    boolean acked;
  }

  private record Waiting(long taken, Runnable step, Runnable otherwise) {}

  private ClusterJournal(
      String domain,
      ComponentLog cluster,
      Executor executor,
      DispatchClock clock,
      Duration replyAge,
      Deliveries deliveries) {
    this.domain = domain;
    this.cluster = cluster;
    this.reader = new KeptStanzaReader(domain);
    this.executor = executor;
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

  /** Messages: an iq must be answered in time, and a presence is soon outdated. */
  @Override
  public boolean keeps(Stanza stanza) {
    return stanza.kind() == StanzaKind.MESSAGE;
  }

  @Override
  public long room() {
    return cluster.isFull() ? 0 : MAX_UNSAFE - unsafe.size();
  }

  @Override
  public int unsafe() {
    return unsafe.size();
  }

  @Override
  public void keep(Delivery delivery) {
    Stanza stanza = delivery.stanza();
    if (!keeps(stanza)) {
      deliveries.next(delivery);
      return;
    }
    taken++;
    Unsafe on = new Unsafe();
    unsafe.add(on);
    long ago = clock.nanoTime().getAsLong() - delivery.received();
    ConversationKey key = delivery.conversation();
    cluster.append(
        key.from() + '\0' + key.to(),
        new KeptStanza(
            delivery.webhookId(),
            clock.millis().getAsLong() - TimeUnit.NANOSECONDS.toMillis(ago),
            DiskEntrance.langOf(stanza),
            stanza.xml().utf8(),
            delivery.isRedelivered()),
        stanza instanceof Message message ? message.room() : null,
        () -> resume(() -> isSafe(on)));
  }

  private void isSafe(Unsafe one) {
    one.acked = true;
    while (!unsafe.isEmpty() && unsafe.element().acked) {
      unsafe.remove();
      safe++;
    }
    while (!waiting.isEmpty() && waiting.element().taken() <= safe) {
      waiting.remove().step().run();
    }
  }

  @Override
  public void onceSafe(Runnable step, Runnable otherwise) {
    if (unsafe.isEmpty()) {
      step.run();
    } else if (waiting.size() == MAX_WAITING) {
      otherwise.run();
    } else {
      waiting.add(new Waiting(taken, step, otherwise));
    }
  }

  /** Whether they get to the log is not known: nobody is told, as after a crash. */
  @Override
  public void giveBack(Consumer<Stanza> each) {
    unsafe.clear();
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      one.otherwise().run();
    }
  }

  @Override
  public void handOn(long room) {
    for (long free = room; free > 0 && !arrived.isEmpty(); free--) {
      handOn(arrived.remove());
    }
  }

  private void handOn(Taken next) {
    KeptStanza record = next.message().record();
    Stanza stanza = reader.read(record.stanza(), record.lang());
    long now = clock.millis().getAsLong();
    if (stanza == null) {
      log.error(
          "{}: what the log holds for {} is not a stanza; it is a dead letter now",
          domain,
          record.webhookId());
      cluster.bury(
          next,
          new Burial(now, 0, "not_a_stanza", "", "not a stanza", 0, ""),
          () -> cluster.finish(next));
      return;
    }
    ClusterMessage message = next.message();
    if (message.place() != null && stanza instanceof Message said) {
      stanza = said.in(message.place());
    }
    long age = TimeUnit.MILLISECONDS.toNanos(Math.max(0, now - record.receivedAt()));
    Delivery delivery =
        deliveries.delivery(stanza, record.webhookId(), clock.nanoTime().getAsLong() - age);
    delivery.keptAt(++lastPosition);
    delivery.redelivered(record.redelivered());
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
  public Mono<Void> send(List<OutboundStanza> stanzas, Delivery delivery, Outbound stream) {
    if (!delivery.answersThroughJournal()) {
      return stream.send(stanzas);
    }
    return Mono.create(
        sink -> {
          long expires = clock.millis().getAsLong() + replyAge.toMillis();
          List<String> xml =
              stanzas.stream().map(stanza -> XmlWriter.write(stanza.element())).toList();
          Taken of = held.get(delivery.position());
          cluster.reply(
              of == null ? ReplySet.of(domain, expires, xml) : ReplySet.to(of, expires, xml),
              sink::success);
        });
  }

  @Override
  public Mono<Void> sendNotice(List<OutboundStanza> stanzas, Delivery delivery, Outbound stream) {
    if (!delivery.answersThroughJournal()) {
      return stream.send(stanzas);
    }
    return Mono.create(
        sink ->
            cluster.reply(
                ReplySet.of(
                    domain,
                    clock.millis().getAsLong() + replyAge.toMillis(),
                    stanzas.stream().map(stanza -> XmlWriter.write(stanza.element())).toList()),
                sink::success));
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
    Duration usual = RetrySettings.DEFAULT_RETRY_FOR;
    return retryFor.compareTo(usual) > 0 ? usual : retryFor;
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
  public void arrived(List<Taken> messages) {
    resume(
        () -> {
          if (stopped) {
            messages.forEach(cluster::letGo);
          } else {
            arrived.addAll(messages);
          }
        });
  }

  @Override
  public void release(Set<Ownership> those) {
    resume(
        () -> {
          drop(those);
          deliveries.release(position -> isOf(those, held.get(position)));
        });
  }

  @Override
  public void lost(Set<Ownership> those) {
    resume(
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

  /** Goes on with a turn, on the thread that calls shall begin on. */
  private void resume(Runnable step) {
    try {
      executor.execute(() -> deliveries.take(step));
    } catch (RejectedExecutionException e) {
      // The loops are shut down already; the step itself is all the same to do.
      deliveries.take(step);
    }
  }
}
