package io.stanzahook.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.StepVerifier;

/** When a name is looked up again, in time that the test makes. */
class KnownAddressesTest {
  private final List<MonoSink<List<InetAddress>>> lookups = new ArrayList<>();
  private long now = 3;
  private final KnownAddresses known =
      new KnownAddresses("bot", host -> Mono.create(lookups::add), () -> now);

  private static List<InetAddress> addresses(int... last) {
    return Stream.of(last)
        .flatMap(all -> Arrays.stream(all).boxed())
        .map(KnownAddressesTest::address)
        .toList();
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private void after(Duration time) {
    now += time.toNanos();
  }

  private @Nullable List<InetAddress> now() {
    return known.now(now);
  }

  private void know(int... last) {
    known.whenKnown().subscribe();
    lookups.get(lookups.size() - 1).success(addresses(last));
  }

  @Test
  void theFirstCallWaits_andThoseOfTheSameTimeAskOnce() {
    assertThat(now()).isNull();
    List<List<InetAddress>> got = new ArrayList<>();
    known.whenKnown().subscribe(got::add);
    known.whenKnown().subscribe(got::add);
    assertThat(lookups).hasSize(1);
    lookups.get(0).success(addresses(1, 2));
    assertThat(got).containsExactly(addresses(1, 2), addresses(1, 2));
    assertThat(now()).isEqualTo(addresses(1, 2));
  }

  @Test
  void whatIsFreshIsNotLookedUp_whatIsOlderIsLookedUpBesideTheCall() {
    know(1);
    after(KnownAddresses.FRESH.minusNanos(1));
    assertThat(now()).isEqualTo(addresses(1));
    assertThat(lookups).hasSize(1);
    after(Duration.ofNanos(1));
    assertThat(now()).isEqualTo(addresses(1));
    assertThat(now()).isEqualTo(addresses(1));
    assertThat(lookups).hasSize(2);
    lookups.get(1).success(addresses(2));
    assertThat(now()).isEqualTo(addresses(2));
  }

  @Test
  void afterAPauseTheCallWaits_butNotForLong() {
    know(1);
    after(KnownAddresses.USABLE);
    assertThat(now()).isNull();
    StepVerifier.withVirtualTime(known::whenKnown)
        .expectSubscription()
        .expectNoEvent(KnownAddresses.MAX_WAIT.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(addresses(1))
        .verifyComplete();
    lookups.get(1).success(addresses(2));
    assertThat(now()).isEqualTo(addresses(2));
  }

  @Test
  void anotherOrderIsNoChange() {
    know(1, 2);
    List<InetAddress> before = now();
    after(KnownAddresses.FRESH);
    now();
    lookups.get(1).success(addresses(2, 1));
    assertThat(now()).isSameAs(before);
  }

  @Test
  void aNameThatCannotBeLookedUpKeepsItsAddressesForAWhile() {
    know(1);
    after(KnownAddresses.MAX_STALE);
    known.whenKnown().subscribe();
    lookups.get(1).error(new UnknownHostException("bot"));
    assertThat(now()).isEqualTo(addresses(1));
    after(KnownAddresses.USABLE);
    StepVerifier.create(known.whenKnown())
        .then(() -> lookups.get(2).error(new UnknownHostException("bot")))
        .verifyError(UnknownHostException.class);
    assertThat(now()).isNull();
  }

  @Test
  void aNameThatWasNeverThereIsAnError_andIsAskedForAgain() {
    StepVerifier.create(known.whenKnown())
        .then(() -> lookups.get(0).error(new UnknownHostException("bot")))
        .verifyError(UnknownHostException.class);
    know(1);
    assertThat(now()).isEqualTo(addresses(1));
  }

  @Test
  void noMoreAreUsedThanItsBound() {
    int[] many = new int[KnownAddresses.MAX_ADDRESSES + 5];
    for (int i = 0; i < many.length; i++) {
      many[i] = i;
    }
    know(many);
    assertThat(now()).hasSize(KnownAddresses.MAX_ADDRESSES);
  }
}
