package io.stanzahook.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** The order as an operator: its signals, its demand, its end. */
class KeyedOrderTest {
  private static final class Word extends KeyedOrder.Element<String> {
    final String text;

    /** Of the key that its first letter is. */
    Word(String text) {
      super(text.substring(0, 1));
      this.text = text;
    }

    @Override
    protected void fire() {
      throw new IllegalStateException("not set");
    }
  }

  private final Deque<Word> running = new ArrayDeque<>();

  private static KeyedOrder<String, Word> order(int permits, int most) {
    return order(() -> permits, most);
  }

  private static KeyedOrder<String, Word> order(IntSupplier permits, int most) {
    return new KeyedOrder<>(
        permits, most, () -> {}, fault -> Operators.onErrorDropped(fault, Context.empty()));
  }

  private Flux<String> texts(KeyedOrder<String, Word> order) {
    return order.map(
        word -> {
          running.add(word);
          return word.text;
        });
  }

  private static Flux<Word> words(String... texts) {
    return Flux.fromArray(texts).map(Word::new);
  }

  @Test
  void oneOfEachKeyAtATime_asManyAsThereArePermits_thenTheEnd() {
    KeyedOrder<String, Word> order = order(2, 10);
    StepVerifier.create(texts(words("a1", "a2", "b1", "c1").subscribeWith(order)))
        .expectNext("a1", "b1")
        .then(() -> order.done(running.remove()))
        .expectNext("c1")
        .then(() -> order.done(running.remove()))
        .expectNext("a2")
        .then(() -> order.done(running.remove()))
        .then(() -> order.done(running.remove()))
        .verifyComplete();
  }

  @Test
  void whatIsPausedGivesItsPermitBackAndKeepsItsKey_andComesOnceMore() {
    KeyedOrder<String, Word> order = order(1, 10);
    Word[] paused = new Word[1];
    StepVerifier.create(texts(words("a1", "a2", "b1", "c1").subscribeWith(order)))
        .expectNext("a1")
        .then(() -> paused[0] = running.remove())
        .then(() -> order.pause(paused[0]))
        .expectNext("b1")
        .then(() -> order.resume(paused[0]))
        .then(() -> order.done(running.remove()))
        .expectNext("a1")
        .then(() -> order.done(running.remove()))
        .expectNext("c1")
        .then(() -> order.done(running.remove()))
        .expectNext("a2")
        .then(() -> order.done(running.remove()))
        .verifyComplete();
  }

  @Test
  void whoJoinedAnotherOneIsAlsoBeforeThoseThatWereNeverEmitted() {
    KeyedOrder<String, Word> order = order(1, 10);
    Word first = new Word("a1");
    Word second = new Word("a2");
    StepVerifier.create(
            texts(Flux.just(first, second, new Word("b1"), new Word("c1")).subscribeWith(order)))
        .expectNext("a1")
        .then(() -> order.turns().take(() -> bothArePaused(order, first, second)))
        .expectNext("b1")
        .then(() -> order.resume(first))
        .then(() -> order.resume(second))
        .then(() -> order.done(running.getLast()))
        .expectNext("a1")
        .then(() -> order.done(first))
        .expectNext("a2")
        .then(() -> order.done(second))
        .expectNext("c1")
        .then(() -> order.done(running.getLast()))
        .verifyComplete();
  }

  private static void bothArePaused(KeyedOrder<String, Word> order, Word first, Word second) {
    List<Word> together = new ArrayList<>(List.of(first));
    order.join(
        together,
        new KeyedOrder.Company<>() {
          @Override
          public boolean admits(Word word) {
            return word == second;
          }

          @Override
          public boolean isFull() {
            return false;
          }
        });
    assertThat(together).containsExactly(first, second);
    together.forEach(order::pause);
  }

  @Test
  void theSourceIsAskedForNoMoreThanMayBeOpen() {
    KeyedOrder<String, Word> order = order(1, 3);
    TestPublisher<Word> source = TestPublisher.create();
    source.subscribe(order);
    StepVerifier.create(texts(order))
        .then(() -> source.assertMinRequested(3))
        .then(() -> source.next(new Word("a1"), new Word("a2"), new Word("a3")))
        .expectNext("a1")
        .then(() -> source.assertMaxRequested(0))
        .then(() -> order.done(running.remove()))
        .expectNext("a2")
        .then(() -> source.assertMinRequested(1))
        .then(() -> source.assertMaxRequested(1))
        .thenCancel()
        .verify();
    source.assertCancelled();
  }

  @Test
  void noMoreIsEmittedThanWasAskedFor() {
    KeyedOrder<String, Word> order = order(10, 10);
    StepVerifier.create(texts(words("a", "b", "c").subscribeWith(order)), 1)
        .expectNext("a")
        .expectNoEvent(Duration.ofMillis(10))
        .thenRequest(2)
        .expectNext("b", "c")
        .thenCancel()
        .verify();
  }

  @Test
  void anErrorComesAfterWhatCameBeforeIt() {
    KeyedOrder<String, Word> order = order(1, 10);
    StepVerifier.create(
            texts(
                words("a", "b")
                    .concatWith(Mono.error(new IllegalStateException("broken")))
                    .subscribeWith(order)))
        .expectNext("a")
        .then(() -> order.done(running.remove()))
        .expectNext("b")
        .then(() -> order.done(running.remove()))
        .verifyErrorMessage("broken");
  }

  @Test
  void aLimitThatGrowsIsHeardOfInTheNextTurn() {
    int[] limit = {1};
    KeyedOrder<String, Word> order = order(() -> limit[0], 10);
    StepVerifier.create(texts(words("a", "b", "c").subscribeWith(order)))
        .expectNext("a")
        .then(() -> limit[0] = 3)
        .then(() -> order.turns().take(() -> {}))
        .expectNext("b", "c")
        .thenCancel()
        .verify();
  }

  @Test
  void whatWaitsMayLeave_andWhatIsFreedHasNoOrder() {
    KeyedOrder<String, Word> order = order(9, 10);
    Word first = new Word("a1");
    Word second = new Word("a2");
    Word third = new Word("a3");
    StepVerifier.create(texts(Flux.just(first, second, third).subscribeWith(order)))
        .expectNext("a1")
        .then(() -> assertThat(order.behind(first)).isSameAs(second))
        .then(() -> assertThat(order.waiting("a")).isEqualTo(2))
        .then(() -> order.done(second))
        .then(() -> order.free(third))
        .expectNext("a3")
        .then(() -> assertThat(order.waiting("a")).isZero())
        .then(() -> order.done(third))
        .then(() -> order.done(first))
        .verifyComplete();
  }

  @Test
  void aSecondSubscriberIsRefused() {
    KeyedOrder<String, Word> order = order(1, 1);
    order.subscribe();
    StepVerifier.create(order).verifyError(IllegalStateException.class);
  }

  /**
   * Why there is an operator of our own: the stock one that knows keys goes on only as long as its
   * bounds are greater than the number of keys, since a group ends with its source only.
   */
  @Test
  void groupByStallsOnceKeysOutnumberItsBounds() {
    int concurrency = 4;
    int prefetch = 8;
    Flux<Integer> grouped =
        Flux.range(0, 1000)
            .groupBy(number -> number % 20, prefetch)
            .flatMap(group -> group.concatMap(Mono::just), concurrency);
    StepVerifier.create(grouped)
        .expectNextCount(4)
        .expectNoEvent(Duration.ofMillis(50))
        .thenCancel()
        .verify();
  }
}
