package io.stanzahook.spool;

import java.util.List;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The records that were given up. Their number is bounded by {@link SpoolSettings#maxDeadLetters}.
 * Any thread; results come on a thread of the spool, and fail with {@link SpoolException}. Nothing
 * happens before a result is subscribed to.
 */
public interface DeadLetters {

  /**
   * Reads dead letters, those with the greatest positions first.
   *
   * @param before only those with a smaller position; {@code Long.MAX_VALUE} to begin with
   * @param most how many
   */
  Mono<List<DeadLetter>> newest(long before, int most);

  /** The one with this webhook-id, or nothing. */
  Mono<DeadLetter> find(String webhookId);

  /**
   * Moves the one with this webhook-id to the spool's tail, as a new record with the same id that
   * says it is {@linkplain SpoolRecord#redelivered redelivered}. It is in one of both places, never
   * in none, never in both. {@link SpoolListener#durable} tells of the new position, before the
   * result comes.
   *
   * @return the new position, or nothing where there is no such dead letter
   */
  Mono<Long> redeliver(String webhookId);

  /**
   * As {@link #redeliver}, all that match, the oldest first.
   *
   * @param matching called on a thread of the spool
   * @return how many
   */
  Mono<Long> redeliverAll(Predicate<DeadLetter> matching);

  /** Deletes the one with this webhook-id; whether there was one. */
  Mono<Boolean> discard(String webhookId);

  /**
   * Deletes all that match.
   *
   * @param matching called on a thread of the spool
   * @return how many
   */
  Mono<Long> discardAll(Predicate<DeadLetter> matching);
}
