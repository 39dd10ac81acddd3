package io.stanzahook.cluster;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.RoomPlace;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The log, as one component sees it. Any thread may call it; listeners must not block. */
public interface ComponentLog {
  /**
   * Receives what this process takes from the log. Without such a listener, the component's
   * messages wait for one; those that nobody takes become dead letters.
   */
  void follow(MessageListener listener);

  /** Receives what concerns the component's stream. */
  void follow(StreamListener listener);

  /** Ends following. */
  void leave();

  /**
   * Appends a message, behind all that were appended before.
   *
   * @param conversation messages of one are kept in order
   * @param acked called once it is replicated; never if this process ends before
   */
  void append(String conversation, KeptStanza record, @Nullable RoomPlace place, Runnable acked);

  /**
   * Whether no more may be appended for now: so many bytes wait for the brokers, or they do not
   * confirm that the stream is this process's own. What came from a stream that was lost is
   * appended at once, and counts as late.
   */
  boolean isFull();

  /**
   * Appends replies, for the process that holds the stream that they leave on.
   *
   * @param person the bare address, in the form for comparing, whose replies leave in this order
   * @param acked called once they are replicated
   */
  void reply(String person, ReplySet replies, Runnable acked);

  /** Which of the component's streams, from 0 on, what is for a person leaves on. */
  default int streamOf(String person) {
    return 0;
  }

  /** Appends an answer, for the process that holds another stream of the component. */
  default void handOver(int stream, ReplySet answer) {}

  /**
   * Makes a message a dead letter.
   *
   * @param acked called once that is replicated
   */
  void bury(Taken taken, Burial why, Runnable acked);

  /**
   * Whether something may begin that only the owner of a message's partition may do. If not, the
   * caller lets the message go: it is taken again, here or elsewhere.
   */
  boolean mayBegin(Taken taken);

  /** A message is final. */
  void finish(Taken taken);

  /** A message is not held any more, and not final. */
  void letGo(Taken taken);

  /** Whether the component's stream belongs to this process now. */
  boolean holdsStream();

  /** The component's dead letters. */
  DeadLetters deadLetters();

  /** Told of messages. On the thread that takes them. */
  interface MessageListener {
    /** They are next, in this order. */
    void arrived(List<Taken> messages);

    /** These partitions go to another owner soon: what has not begun is to be let go. */
    void release(Set<Ownership> those);

    /** These have another owner: all of them is to be let go. */
    void lost(Set<Ownership> those);
  }

  /** Told of the stream. On the thread that takes replies. */
  interface StreamListener {
    /** The stream does not belong to this process any more. */
    void lost();

    /** Whether the server has accepted the component. Any thread. */
    boolean isConnected();

    /**
     * Whether it has ended for good, because the component ends here: what it did not write is left
     * to the one that follows. Any thread.
     */
    boolean hasEnded();

    /**
     * Writes replies. It completes, with or without an error, when nothing more becomes of them.
     */
    Publisher<Void> write(ReplySet replies);
  }
}
