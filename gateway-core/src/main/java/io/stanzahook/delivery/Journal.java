package io.stanzahook.delivery;

import io.stanzahook.spool.Burial;
import io.stanzahook.spool.DeadLetters;
import io.stanzahook.spool.SpoolFigures;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What deliveries go through before anything else happens to them, and what knows them until they
 * are final: memory, a disk, or one day a log that many machines share. Then one side takes in and
 * another brings forth, so they are apart. A position means something to its journal only; there
 * may be gaps between positions, and they may be lost to another owner.
 *
 * <p>Belongs to the dispatcher's turns.
 */
interface Journal {
  /** Takes in. */
  Entrance entrance();

  /** Brings forth. */
  Exit exit();

  /** Writes what is known by now, and ends. Blocks; on any thread, after {@link Exit#stop}. */
  void close();

  /** What takes in. */
  interface Entrance {
    /** Whether stanzas like this one outlive the process; others are brought forth at once. */
    boolean keeps(Stanza stanza);

    /** How many more that it keeps may be taken. */
    long room();

    /** Takes a delivery; to be brought forth once it is safe, after all that were taken before. */
    void keep(Delivery delivery);

    /**
     * Does something once all that was taken so far is safe.
     *
     * @param otherwise instead, where that cannot be foreseen: nobody is to wait for it
     */
    void onceSafe(Runnable step, Runnable otherwise);

    /** How many were taken and are not safe yet. */
    int unsafe();

    /** Gives back what never became safe, for its senders to be told. */
    void giveBack(Consumer<Stanza> each);
  }

  /** What brings forth. */
  interface Exit {
    /** Brings forth as many as there is room for. To be called at the end of each turn. */
    void handOn(long room);

    /** Whether some of that conversation were left behind those that were brought forth. */
    boolean hasLeft(ConversationKey conversation);

    /**
     * Brings forth some of those that were left, now or later.
     *
     * @param then run after that
     */
    void bringLeft(ConversationKey conversation, Runnable then);

    /** A delivery is final, and what answers it is written. A lost position is ignored. */
    void settle(long position);

    /** A delivery is given up: it is a dead letter. A lost position is ignored. */
    void bury(long position, Burial why);

    /** How long a delivery is tried that is not kept, where those that are are tried so long. */
    Duration retryForUnkept(Duration retryFor);

    /** Brings forth nothing more: what it keeps stays there for the next start. */
    void stop();

    /** What was given up, to be looked at, redelivered or discarded; null where that is gone. */
    @Nullable DeadLetters deadLetters();

    /** How much it keeps; null where nothing outlives the process. */
    @Nullable SpoolFigures figures();
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

    /** Runs a step as a turn. On any thread. */
    void take(Runnable step);

    /** Runs a step as a turn, later. */
    void later(Duration delay, Runnable step);
  }

  /** Opens a journal for whom it is to bring forth to; may block. */
  interface Opener {
    /**
     * Opens it.
     *
     * @throws io.stanzahook.spool.SpoolException saying what is wrong with where it keeps
     */
    Journal open(Deliveries deliveries);
  }
}
