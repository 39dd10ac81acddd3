package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.cluster.Balancing.Member;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BalancingTest {
  private Map<String, Member> members = Map.of("a", member(0, Topics.SLOTS));
  private int asked;

  private static Member member(int from, int to) {
    return new Member("h", IntStream.range(from, to).boxed().collect(Collectors.toSet()));
  }

  private Mono<Balancing.Result> balancing() {
    return new Balancing(Mono.fromSupplier(() -> members), () -> Set.of(3, 12), () -> asked++)
        .run();
  }

  private void share(Member a, Member b) {
    members = new TreeMap<>(Map.of("a", a, "b", b));
  }

  @Test
  void anEdgeThatIsAloneWaitsForAnotherOne_andMovesNothing() {
    StepVerifier.withVirtualTime(this::balancing)
        .expectSubscription()
        .expectNoEvent(Balancing.JOINING.minusSeconds(1))
        .thenAwait(Duration.ofSeconds(2))
        .assertNext(
            result -> {
              assertThat(result.after()).containsOnlyKeys("a");
              assertThat(result.moved()).isEmpty();
            })
        .verifyComplete();
    assertThat(asked).isZero();
  }

  @Test
  void anEdgeThatComesMeanwhileGetsItsShare() {
    StepVerifier.withVirtualTime(this::balancing)
        .expectSubscription()
        .expectNoEvent(Duration.ofSeconds(5))
        .then(() -> share(member(0, Topics.SLOTS), member(0, 0)))
        .thenAwait(Duration.ofSeconds(1))
        .then(() -> assertThat(asked).isEqualTo(1))
        // The group is assigning them.
        .then(() -> share(member(0, 0), member(0, 0)))
        .expectNoEvent(Duration.ofSeconds(3))
        .then(() -> share(member(0, 8), member(8, Topics.SLOTS)))
        .thenAwait(Duration.ofSeconds(1))
        .assertNext(
            result -> {
              assertThat(result.isEven()).isTrue();
              assertThat(result.moved())
                  .isEqualTo(IntStream.range(8, 16).boxed().collect(Collectors.toSet()));
            })
        .verifyComplete();
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void whatIsEvenStays() {
    share(member(0, 8), member(8, Topics.SLOTS));
    StepVerifier.create(balancing())
        .assertNext(result -> assertThat(result.moved()).isEmpty())
        .verifyComplete();
    assertThat(asked).isZero();
  }

  @Test
  void whatDoesNotBecomeEvenIsSaid() {
    share(member(0, Topics.SLOTS), member(0, 0));
    StepVerifier.withVirtualTime(this::balancing)
        .expectSubscription()
        .expectNoEvent(Balancing.MOVING.minusSeconds(1))
        .thenAwait(Duration.ofSeconds(2))
        .assertNext(result -> assertThat(result.isEven()).isFalse())
        .verifyComplete();
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void brokersThatDoNotAnswerAreAnError() {
    StepVerifier.withVirtualTime(() -> new Balancing(Mono.never(), Set::of, () -> asked++).run())
        .expectSubscription()
        .thenAwait(Balancing.JOINING)
        .verifyError();
    assertThat(asked).isZero();
  }
}
