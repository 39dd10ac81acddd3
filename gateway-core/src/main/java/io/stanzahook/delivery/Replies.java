package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/**
 * Sends answers to the stream. It counts those that are not written yet, and reports when they are.
 * It belongs to the dispatcher's turns: when the stream has written, it takes a turn.
 */
final class Replies {
  /** The maximum number of sets of answers that leave together. */
  private static final int MAX_TOGETHER = 64;

  private final Outbound outbound;
  private final Journal.Exit exit;
  private final Consumer<Runnable> turns;
  private final DeliveryListener listener;
  private final BiConsumer<Delivery, @Nullable Throwable> written;

  /** Whether answers leave together, and those that will leave next. */
  private boolean together;

  private @Nullable Writing next;

  private int unwritten;
  private int unwrittenKept;

  /**
   * Sends nothing yet.
   *
   * @param written is told of each delivery when its answers, if there are any, are written, or why
   *     they never will be
   */
  Replies(
      Outbound outbound,
      Journal.Exit exit,
      Consumer<Runnable> turns,
      DeliveryListener listener,
      BiConsumer<Delivery, @Nullable Throwable> written) {
    this.outbound = outbound;
    this.exit = exit;
    this.turns = turns;
    this.listener = listener;
    this.written = written;
  }

  /** How many sets of answers the stream has and has not written yet. */
  int unwritten() {
    return unwritten;
  }

  /** How many of them answer kept deliveries. */
  int unwrittenKept() {
    return unwrittenKept;
  }

  /**
   * Sends answers.
   *
   * @param delivery the delivery that they answer; null if they answer none
   */
  void send(List<OutboundStanza> answers, @Nullable Delivery delivery) {
    send(answers, delivery, delivery);
  }

  /** Sends a stanza about a delivery that is not its answer, such as a chat state. */
  void notice(OutboundStanza stanza, Delivery delivery) {
    send(List.of(stanza), delivery, null);
  }

  private void send(
      List<OutboundStanza> answers, @Nullable Delivery about, @Nullable Delivery delivery) {
    boolean elsewhere = about != null && about.answersThroughJournal;
    List<OutboundStanza> stanzas =
        answers.isEmpty() || elsewhere ? answers : outbound.leaving(answers);
    if (stanzas.isEmpty()) {
      if (delivery != null) {
        written.accept(delivery, null);
      }
      return;
    }
    if (together && !elsewhere) {
      next = next == null ? new Writing(new ArrayList<>(), null) : next;
      next.add(stanzas, delivery);
      if (next.several.size() >= MAX_TOGETHER) {
        leave();
      }
      return;
    }
    // If another process writes them, it also reports that.
    Writing writing = new Writing(elsewhere ? List.of() : stanzas, delivery);
    writing.count(delivery);
    (about == null ? outbound.send(stanzas) : exit.send(stanzas, about, delivery != null, outbound))
        .subscribe(writing);
  }

  /** Runs a step whose answers leave together, in their order. This costs one write. */
  void together(Runnable step) {
    together = true;
    try {
      step.run();
    } finally {
      together = false;
      leave();
    }
  }

  private void leave() {
    Writing leaving = next;
    next = null;
    if (leaving != null) {
      outbound.send(leaving.stanzas).subscribe(leaving);
    }
  }

  /**
   * A set of answers on its way to the stream, or several. As a step, it does what follows when
   * they are written.
   */
  private final class Writing extends BaseSubscriber<Void> implements Runnable {
    private final List<OutboundStanza> stanzas;
    private final @Nullable Delivery delivery;
    private List<@Nullable Delivery> several = List.of();

    /** How many of the deliveries were kept when their answers left. */
    private int kept;

    private @Nullable Throwable error;

    Writing(List<OutboundStanza> stanzas, @Nullable Delivery delivery) {
      this.stanzas = stanzas;
      this.delivery = delivery;
    }

    private void add(List<OutboundStanza> answers, @Nullable Delivery to) {
      several = several.isEmpty() ? new ArrayList<>() : several;
      several.add(to);
      stanzas.addAll(answers);
      count(to);
    }

    private void count(@Nullable Delivery to) {
      int more = to != null && to.isKept() ? 1 : 0;
      unwritten++;
      unwrittenKept += more;
      kept += more;
    }

    @Override
    protected void hookOnComplete() {
      turns.accept(this);
    }

    @Override
    protected void hookOnError(Throwable problem) {
      error = problem;
      turns.accept(this);
    }

    @Override
    public void run() {
      unwritten -= Math.max(1, several.size());
      unwrittenKept -= kept;
      // By index here and below, because an iterator for each reply would be garbage.
      for (int i = 0; error == null && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      ended(delivery);
      for (int i = 0; i < several.size(); i++) {
        ended(several.get(i));
      }
    }

    private void ended(@Nullable Delivery to) {
      if (to != null) {
        written.accept(to, error);
      }
    }
  }
}
