package io.stanzahook.delivery;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Where a delivery is kept from its arrival until its outcome is final: in memory, on a disk, or in
 * a log that several machines share. The side that takes deliveries in and the side that returns
 * them are separate, because with a log they may be in different processes. Only the journal itself
 * understands its positions. There may be gaps between positions, and another owner may take
 * positions over.
 *
 * <p>Belongs to the dispatcher's turns. The default methods are those of a journal that keeps
 * nothing.
 */
public interface Journal {
  /** The side that takes deliveries in. */
  Entrance entrance();

  /** The side that returns deliveries. */
  Exit exit();

  /**
   * Writes what is known by now, and ends. It blocks. Any thread may call it, after {@link
   * Exit#stop}.
   */
  default void close() {}

  /** Takes deliveries in. */
  interface Entrance {
    /**
     * Takes a delivery. The journal returns it when it is safe, after all that were taken before.
     */
    void keep(Delivery delivery);

    /** Whether stanzas like this one outlive the process. Others are returned at once. */
    default boolean keeps(Stanza stanza) {
      return false;
    }

    /** How many more deliveries that it keeps may be taken. */
    default long room() {
      return Long.MAX_VALUE;
    }

    /**
     * Runs a step when everything that was taken so far is safe.
     *
     * @param otherwise run instead if nobody can say when that will be
     */
    default void onceSafe(Runnable step, Runnable otherwise) {
      step.run();
    }

    /** How many deliveries were taken and are not safe yet. */
    default int unsafe() {
      return 0;
    }

    /** Gives back the stanzas that did not become safe, so that their senders can be told. */
    default void giveBack(Consumer<Stanza> each) {}
  }

  /** Returns deliveries. */
  interface Exit {
    /** Returns as many deliveries as there is room for. Called at the end of each turn. */
    default void handOn(long room) {}

    /** Whether the journal did not return all deliveries of this conversation yet. */
    default boolean hasLeft(ConversationKey conversation) {
      return false;
    }

    /**
     * Returns some of these, now or later.
     *
     * @param then run after that
     */
    default void bringLeft(ConversationKey conversation, Runnable then) {
      then.run();
    }

    /** A delivery is final, and its answer is written. A position that was lost is ignored. */
    default void settle(long position) {}

    /** A delivery failed and becomes a dead letter. A position that was lost is ignored. */
    default void bury(long position, Burial why) {}

    /**
     * How long a delivery that is not kept is tried.
     *
     * @param retryFor how long the kept ones are tried
     */
    default Duration retryForUnkept(Duration retryFor) {
      return retryFor;
    }

    /**
     * Whether the next step of a delivery may begin. If not, forget it: another owner has it, or
     * the journal will return it again.
     */
    default boolean mayBegin(Delivery delivery) {
      return true;
    }

    /** A delivery was forgotten before it was final. */
    default void letGo(Delivery delivery) {}

    /**
     * Sends stanzas about a delivery to the process that holds the stream.
     *
     * @param areAnswer whether they are its answer, and not a notice such as a chat state
     */
    default Mono<Void> send(
        List<OutboundStanza> stanzas, Delivery delivery, boolean areAnswer, Outbound stream) {
      return stream.send(stanzas);
    }

    /** Returns nothing more: what it keeps stays there for the next start. */
    default void stop() {}

    /** The dead letters, to look at, redeliver or discard; null if nothing is kept. */
    default @Nullable DeadLetters deadLetters() {
      return null;
    }

    /** How much it keeps; null if nothing outlives the process. */
    default @Nullable JournalFigures figures() {
      return null;
    }
  }

  /** Receives the deliveries that a journal returns. */
  interface Deliveries {
    /** Makes a delivery of what was kept. */
    Delivery delivery(Stanza stanza, String webhookId, long received);

    /** Receives the next delivery. */
    void next(Delivery delivery);

    /** How many deliveries of this conversation wait behind the one that is under way. */
    int waiting(ConversationKey conversation);

    /** Forgets the deliveries at these positions, because another owner has them now. */
    void lost(LongPredicate positions);

    /** Forgets the deliveries at these positions that have not begun. The others end as usual. */
    void release(LongPredicate positions);

    /** Runs a step as a turn. Any thread may call it. */
    void take(Runnable step);

    /** Runs a step as a turn, later. */
    void later(Duration delay, Runnable step);
  }

  /** Opens a journal for those who receive its deliveries. */
  interface Opener {
    /** Opens it; may block. It fails with a message that says what is wrong with where it keeps. */
    Journal open(Deliveries deliveries);
  }
}
