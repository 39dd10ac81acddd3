package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;

/**
 * What goes back to the stream: counts what is not written yet, and tells when it is. Belongs to
 * the dispatcher's turns, to which it comes back once the stream has written.
 */
final class Replies {
  private final Outbound outbound;
  private final Journal.Exit exit;
  private final Consumer<Runnable> turns;
  private final DeliveryListener listener;
  private final Written written;

  private int unwritten;
  private int unwrittenKept;

  /** Told what became of answers. */
  interface Written {
    /**
     * The answers to a delivery, if any, are written, or will not be.
     *
     * @param error why not; null where they are
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

  /** Sets of answers handed to the stream and not written yet. */
  int unwritten() {
    return unwritten;
  }

  /** Those of them to deliveries that are kept. */
  int unwrittenKept() {
    return unwrittenKept;
  }

  /**
   * Sends answers.
   *
   * @param delivery what they answer, or null
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
    Writing writing = new Writing(stanzas, delivery, elsewhere);
    writing.count(1);
    (delivery == null ? outbound.send(stanzas) : exit.send(stanzas, delivery, outbound))
        .subscribe(writing);
  }

  /** Sends what is said besides about a delivery, which is not its answer. */
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

  /** One set of answers on its way; as a step, what follows once it ended. */
  private final class Writing extends BaseSubscriber<Void> implements Runnable {
    private final List<OutboundStanza> stanzas;
    private final @Nullable Delivery delivery;
    private final boolean kept;
    private final boolean elsewhere;
    private @Nullable Throwable error;

    /** Elsewhere: whoever writes it to the stream tells of that. */
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
      count(-1);
      // By index: an iterator for each reply is garbage for nothing.
      for (int i = 0; error == null && !elsewhere && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      if (delivery != null) {
        written.written(delivery, error);
      }
    }
  }
}
