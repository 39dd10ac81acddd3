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
 * What deliveries go through before anything else happens to them, and what knows them until they
 * are final: memory, a disk, or a log that many machines share. Then one side takes in and another
 * brings forth, so they are apart. A position means something to its journal only; there may be
 * gaps between positions, and they may be lost to another owner.
 *
 * <p>Belongs to the dispatcher's turns.
 */
public interface Journal {
  /** Takes in. */
  Entrance entrance();

  /** Brings forth. */
  Exit exit();

  /** Writes what is known by now, and ends. Blocks; on any thread, after {@link Exit#stop}. */
  default void close() {}

  /** What takes in. What is not said otherwise is so where nothing is kept. */
  interface Entrance {
    /** Takes a delivery; to be brought forth once it is safe, after all that were taken before. */
    void keep(Delivery delivery);

    /** Whether stanzas like this one outlive the process; others are brought forth at once. */
    default boolean keeps(Stanza stanza) {
      return false;
    }

    /** How many more that it keeps may be taken. */
    default long room() {
      return Long.MAX_VALUE;
    }

    /**
     * Does something once all that was taken so far is safe.
     *
     * @param otherwise instead, where that cannot be foreseen: nobody is to wait for it
     */
    default void onceSafe(Runnable step, Runnable otherwise) {
      step.run();
    }

    /** How many were taken and are not safe yet. */
    default int unsafe() {
      return 0;
    }

    /** Gives back what never became safe, for its senders to be told. */
    default void giveBack(Consumer<Stanza> each) {}
  }

  /** What brings forth. What is not said otherwise is so where nothing is kept. */
  interface Exit {
    /** Brings forth as many as there is room for. To be called at the end of each turn. */
    default void handOn(long room) {}

    /** Whether some of that conversation were left behind those that were brought forth. */
    default boolean hasLeft(ConversationKey conversation) {
      return false;
    }

    /**
     * Brings forth some of those that were left, now or later.
     *
     * @param then run after that
     */
    default void bringLeft(ConversationKey conversation, Runnable then) {
      then.run();
    }

    /** A delivery is final, and what answers it is written. A lost position is ignored. */
    default void settle(long position) {}

    /** A delivery failed for good and becomes a dead letter. A lost position is ignored. */
    default void bury(long position, Burial why) {}

    /** How long a delivery is tried that is not kept, where those that are are tried so long. */
    default Duration retryForUnkept(Duration retryFor) {
      return retryFor;
    }

    /**
     * Whether a step of a delivery may begin. If not, another owner has it, or it is brought forth
     * again: it is forgotten here.
     */
    default boolean mayBegin(Delivery delivery) {
      return true;
    }

    /** A delivery is forgotten here, and not final. */
    default void letGo(Delivery delivery) {}

    /** Sends what answers a delivery, to where its stream is. */
    default Mono<Void> send(List<OutboundStanza> stanzas, Delivery delivery, Outbound stream) {
      return stream.send(stanzas);
    }

    /** Sends what is said besides about a delivery, which is not its answer. */
    default Mono<Void> sendNotice(
        List<OutboundStanza> stanzas, Delivery delivery, Outbound stream) {
      return stream.send(stanzas);
    }

    /** Brings forth nothing more: what it keeps stays there for the next start. */
    default void stop() {}

    /** The dead letters, to look at, redeliver or discard; null if nothing is kept. */
    default @Nullable DeadLetters deadLetters() {
      return null;
    }

    /** How much it keeps; null where nothing outlives the process. */
    default @Nullable JournalFigures figures() {
      return null;
    }
  }

  /** Whom deliveries are brought forth to. */
  interface Deliveries {
    /** Makes one of what was kept. */
    Delivery delivery(Stanza stanza, String webhookId, long received);

    /** Takes the next one. */
    void next(Delivery delivery);

    /** How many of that conversation wait behind the one that is being worked on. */
    int waiting(ConversationKey conversation);

    /** Lets go of those at these positions: another owner has them now. */
    void lost(LongPredicate positions);

    /** Lets go of those at these positions that have not begun; the others end as they would. */
    void release(LongPredicate positions);

    /** Runs a step as a turn. On any thread. */
    void take(Runnable step);

    /** Runs a step as a turn, later. */
    void later(Duration delay, Runnable step);
  }

  /** Opens a journal for whom it is to bring forth to. */
  interface Opener {
    /** Opens it; may block. It fails with a message that says what is wrong with where it keeps. */
    Journal open(Deliveries deliveries);
  }
}
