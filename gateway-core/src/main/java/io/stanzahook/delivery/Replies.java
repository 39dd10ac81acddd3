package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/**
 * Sends answers to the stream. It counts those that are not written yet, and reports when they are.
 * It belongs to the dispatcher's turns: when the stream has written, it takes a turn.
 */
final class Replies {
  private final Outbound outbound;
  private final Journal.Exit exit;
  private final Consumer<Runnable> turns;
  private final DeliveryListener listener;
  private final Written written;

  /** The maximum number of sets of answers that leave together. */
  private static final int MAX_TOGETHER = 64;

  /** What answers leave with that are sent now; null if they leave alone. */
  private @Nullable WritingTogether together;

  private int unwritten;
  private int unwrittenKept;

  /** Is told what became of answers. */
  interface Written {
    /**
     * The answers to a delivery, if there are any, are written or never will be.
     *
     * @param error why they will not be; null if they are written
     */
    void written(Delivery delivery, @Nullable Throwable error);
  }

  Replies(
      Outbound outbound,
      Journal.Exit exit,
      Consumer<Runnable> turns,
      DeliveryListener listener,
      Written written) {
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
    boolean elsewhere = delivery != null && delivery.answersThroughJournal;
    List<OutboundStanza> stanzas =
        answers.isEmpty() || elsewhere ? answers : outbound.leaving(answers);
    if (stanzas.isEmpty()) {
      if (delivery != null) {
        written.written(delivery, null);
      }
      return;
    }
    if (together != null && !elsewhere) {
      together.add(stanzas, delivery);
      if (together.size() >= MAX_TOGETHER) {
        leave(together);
        together = new WritingTogether();
      }
      return;
    }
    Writing writing = new Writing(stanzas, delivery, elsewhere);
    writing.count(1);
    (delivery == null ? outbound.send(stanzas) : exit.send(stanzas, delivery, outbound))
        .subscribe(writing);
  }

  /** Sends a stanza about a delivery that is not its answer, such as a chat state. */
  void notice(OutboundStanza stanza, Delivery delivery) {
    List<OutboundStanza> alone = List.of(stanza);
    if (!delivery.answersThroughJournal) {
      send(alone, null);
      return;
    }
    Writing writing = new Writing(alone, null, true);
    writing.count(1);
    exit.sendNotice(alone, delivery, outbound).subscribe(writing);
  }

  /** Runs a step whose answers leave together, in their order. This costs one write. */
  void together(Runnable step) {
    if (together != null) {
      step.run();
      return;
    }
    together = new WritingTogether();
    try {
      step.run();
    } finally {
      WritingTogether last = together;
      together = null;
      leave(last);
    }
  }

  private void leave(@Nullable WritingTogether all) {
    if (all != null && all.size() > 0) {
      outbound.send(all.stanzas).subscribe(all);
    }
  }

  /** Answers on their way to the stream. As a step, it does what follows when they are written. */
  private abstract class Leaving extends BaseSubscriber<Void> implements Runnable {
    @Nullable Throwable error;

    @Override
    protected final void hookOnComplete() {
      turns.accept(this);
    }

    @Override
    protected final void hookOnError(Throwable problem) {
      error = problem;
      turns.accept(this);
    }
  }

  /** Several sets of answers. */
  private final class WritingTogether extends Leaving {
    private final List<OutboundStanza> stanzas = new ArrayList<>();
    private final List<@Nullable Delivery> deliveries = new ArrayList<>();

    /** How many of the deliveries were kept when their answers left. */
    private int kept;

    void add(List<OutboundStanza> answers, @Nullable Delivery delivery) {
      stanzas.addAll(answers);
      deliveries.add(delivery);
      boolean isKept = delivery != null && delivery.isKept();
      kept += isKept ? 1 : 0;
      unwritten++;
      unwrittenKept += isKept ? 1 : 0;
    }

    int size() {
      return deliveries.size();
    }

    @Override
    public void run() {
      unwritten -= deliveries.size();
      unwrittenKept -= kept;
      for (int i = 0; error == null && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      for (int i = 0; i < deliveries.size(); i++) {
        Delivery delivery = deliveries.get(i);
        if (delivery != null) {
          written.written(delivery, error);
        }
      }
    }
  }

  /** One set of answers. */
  private final class Writing extends Leaving {
    private final List<OutboundStanza> stanzas;
    private final @Nullable Delivery delivery;
    private final boolean kept;
    private final boolean elsewhere;

    /**
     * @param elsewhere whether another process writes them, and reports that
     */
    Writing(List<OutboundStanza> stanzas, @Nullable Delivery delivery, boolean elsewhere) {
      this.stanzas = stanzas;
      this.delivery = delivery;
      this.elsewhere = elsewhere;
      this.kept = delivery != null && delivery.isKept();
    }

    void count(int more) {
      unwritten += more;
      unwrittenKept += kept ? more : 0;
    }

    @Override
    public void run() {
      count(-1);
      // By index, because an iterator for each reply would be garbage.
      for (int i = 0; error == null && !elsewhere && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      if (delivery != null) {
        written.written(delivery, error);
      }
    }
  }
}
