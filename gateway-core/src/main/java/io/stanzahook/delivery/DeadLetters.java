package io.stanzahook.delivery;

import java.util.List;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The dead letters of a journal, which limits their number. Any thread may call it. Results arrive
 * on a thread of the journal, and fail with an exception whose message is for a person. Nothing
 * happens before a result is subscribed to.
 */
public interface DeadLetters {

  /**
   * Reads dead letters, those with the highest positions first.
   *
   * @param before only those with a lower position; {@code Long.MAX_VALUE} for the first page
   * @param most how many
   */
  Mono<List<DeadLetter>> newest(long before, int most);

  /** The one with this webhook-id, or nothing. */
  Mono<DeadLetter> find(String webhookId);

  /**
   * Moves the one with this webhook-id to the journal's tail, as a new record with the same id that
   * says it is {@linkplain KeptStanza#redelivered redelivered}. At every moment it is in exactly
   * one of the two places. It may be delivered before the result arrives.
   *
   * @return the new position, or nothing if there is no such dead letter
   */
  Mono<Long> redeliver(String webhookId);

  /**
   * Like {@link #redeliver}, for all that match, the oldest first.
   *
   * @param matching called on a thread of the journal
   * @return how many
   */
  Mono<Long> redeliverAll(Predicate<DeadLetter> matching);

  /** Deletes the one with this webhook-id. Returns whether there was one. */
  Mono<Boolean> discard(String webhookId);

  /**
   * Deletes all that match.
   *
   * @param matching called on a thread of the journal
   * @return how many
   */
  Mono<Long> discardAll(Predicate<DeadLetter> matching);
}
