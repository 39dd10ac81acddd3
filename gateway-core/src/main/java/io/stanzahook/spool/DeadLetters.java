package io.stanzahook.spool;

import java.util.List;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The records that failed. Their number is limited by {@link SpoolSettings#maxDeadLetters}. Any
 * thread may call it. Results arrive on a thread of the spool, and fail with {@link
 * SpoolException}. Nothing happens before a result is subscribed to.
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
   * Moves the one with this webhook-id to the spool's tail, as a new record with the same id that
   * says it is {@linkplain SpoolRecord#redelivered redelivered}. At every moment it is in exactly
   * one of the two places. {@link SpoolListener#durable} reports the new position before the result
   * arrives.
   *
   * @return the new position, or nothing if there is no such dead letter
   */
  Mono<Long> redeliver(String webhookId);

  /**
   * Like {@link #redeliver}, for all that match, the oldest first.
   *
   * @param matching called on a thread of the spool
   * @return how many
   */
  Mono<Long> redeliverAll(Predicate<DeadLetter> matching);

  /** Deletes the one with this webhook-id. Returns whether there was one. */
  Mono<Boolean> discard(String webhookId);

  /**
   * Deletes all that match.
   *
   * @param matching called on a thread of the spool
   * @return how many
   */
  Mono<Long> discardAll(Predicate<DeadLetter> matching);
}
