package io.stanzahook.spool;

import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The dead letters of a {@link DiskSpool}: read by the reading thread, and moved by the writing
 * thread.
 */
final class DiskDeadLetters implements DeadLetters {
  /** Dead letters in memory at a time, while looking for those that match. */
  private static final int PAGE = 100;

  private final Reading reading;
  private final Consumer<Operation> writer;

  /** Has something read. */
  interface Reading {
    <T> Mono<T> query(DiskSpool.Query<T> query);
  }

  DiskDeadLetters(Reading reading, Consumer<Operation> writer) {
    this.reading = reading;
    this.writer = writer;
  }

  @Override
  public Mono<List<DeadLetter>> newest(long before, int most) {
    return reading.query(from -> from.newest(before, most));
  }

  @Override
  public Mono<DeadLetter> find(String webhookId) {
    return reading
        .query(from -> from.named(webhookId))
        .flatMap(letters -> Mono.justOrEmpty(letters.stream().findFirst()));
  }

  @Override
  public Mono<Long> redeliver(String webhookId) {
    return find(webhookId)
        .flatMap(
            letter -> {
              Operation.Redeliver redeliver = new Operation.Redeliver(letter.position());
              writer.accept(redeliver);
              return Mono.fromFuture(redeliver.done);
            });
  }

  @Override
  public Mono<Long> redeliverAll(Predicate<DeadLetter> matching) {
    return matching(matching)
        .flatMap(
            letters -> {
              List<CompletableFuture<@Nullable Long>> moves = new ArrayList<>();
              for (long letter : letters) {
                Operation.Redeliver redeliver = new Operation.Redeliver(letter);
                writer.accept(redeliver);
                moves.add(redeliver.done);
              }
              return Mono.fromFuture(
                  CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new))
                      .thenApply(
                          all -> moves.stream().filter(move -> move.join() != null).count()));
            });
  }

  @Override
  public Mono<Boolean> discard(String webhookId) {
    return find(webhookId)
        .flatMap(letter -> discard(List.of(letter.position())))
        .map(count -> count > 0)
        .defaultIfEmpty(false);
  }

  @Override
  public Mono<Long> discardAll(Predicate<DeadLetter> matching) {
    return matching(matching).flatMap(this::discard);
  }

  private Mono<Long> discard(List<Long> letters) {
    Operation.Discard discard = new Operation.Discard(letters);
    writer.accept(discard);
    return Mono.fromFuture(discard.done);
  }

  /** The positions of those that match, ascending. */
  private Mono<List<Long>> matching(Predicate<DeadLetter> matching) {
    return reading.query(
        from -> {
          List<Long> positions = new ArrayList<>();
          long after = 0;
          while (true) {
            List<DeadLetter> page = from.oldest(after, PAGE);
            if (page.isEmpty()) {
              return positions;
            }
            for (DeadLetter letter : page) {
              after = letter.position();
              if (matching.test(letter)) {
                positions.add(after);
              }
            }
          }
        });
  }
}
