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

  Replies(Outbound outbound, Consumer<Runnable> turns, DeliveryListener listener, Written written) {
    this.outbound = outbound;
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
    List<OutboundStanza> stanzas = answers.isEmpty() ? answers : outbound.leaving(answers);
    if (stanzas.isEmpty()) {
      if (delivery != null) {
        written.written(delivery, null);
      }
      return;
    }
    Writing writing = new Writing(stanzas, delivery);
    writing.count(1);
    outbound.send(stanzas).subscribe(writing);
  }

  /** One set of answers on its way; as a step, what follows once it ended. */
  private final class Writing extends BaseSubscriber<Void> implements Runnable {
    private final List<OutboundStanza> stanzas;
    private final @Nullable Delivery delivery;
    private final boolean kept;
    private @Nullable Throwable error;

    Writing(List<OutboundStanza> stanzas, @Nullable Delivery delivery) {
      this.stanzas = stanzas;
      this.delivery = delivery;
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
      for (int i = 0; error == null && i < stanzas.size(); i++) {
        listener.sent(stanzas.get(i));
      }
      if (delivery != null) {
        written.written(delivery, error);
      }
    }
  }
}
