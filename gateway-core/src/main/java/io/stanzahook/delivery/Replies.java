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

  /** Answers that will leave together; null if they leave alone. */
  private @Nullable List<Writing> together;

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
    Writing writing = new Writing(stanzas, delivery, elsewhere);
    if (together == null || elsewhere) {
      (about == null
              ? outbound.send(stanzas)
              : exit.send(stanzas, about, delivery != null, outbound))
          .subscribe(writing);
      return;
    }
    together.add(writing);
    if (together.size() >= MAX_TOGETHER) {
      leave(together);
      together = new ArrayList<>();
    }
  }

  /** Runs a step whose answers leave together, in their order. This costs one write. */
  void together(Runnable step) {
    if (together != null) {
      step.run();
      return;
    }
    together = new ArrayList<>();
    try {
      step.run();
    } finally {
      List<Writing> last = together;
      together = null;
      leave(last);
    }
  }

  private void leave(@Nullable List<Writing> all) {
    if (all != null && !all.isEmpty()) {
      List<OutboundStanza> stanzas = new ArrayList<>();
      all.forEach(each -> stanzas.addAll(each.stanzas));
      Writing first = all.get(0);
      first.others = all.subList(1, all.size());
      outbound.send(stanzas).subscribe(first);
    }
  }

  /**
   * A set of answers on its way to the stream, perhaps with others. As a step, it does what follows
   * when they are written.
   */
  private final class Writing extends BaseSubscriber<Void> implements Runnable {
    private final List<OutboundStanza> stanzas;
    private final @Nullable Delivery delivery;
    private final boolean kept;
    private final boolean elsewhere;
    private List<Writing> others = List.of();
    private @Nullable Throwable error;

    /**
     * It counts from now on.
     *
     * @param elsewhere whether another process writes them, and reports that
     */
    Writing(List<OutboundStanza> stanzas, @Nullable Delivery delivery, boolean elsewhere) {
      this.stanzas = stanzas;
      this.delivery = delivery;
      this.elsewhere = elsewhere;
      this.kept = delivery != null && delivery.isKept();
      count(1);
    }

    private void count(int more) {
      unwritten += more;
      unwrittenKept += kept ? more : 0;
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
      // By index here and below, because an iterator for each reply would be garbage.
      for (int i = 0; i < others.size(); i++) {
        others.get(i).count(-1);
      }
      count(-1);
      ended(error);
      for (int i = 0; i < others.size(); i++) {
        others.get(i).ended(error);
      }
    }

    private void ended(@Nullable Throwable problem) {
      for (int i = 0; problem == null && !elsewhere && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      if (delivery != null) {
        written.accept(delivery, problem);
      }
    }
  }
}
