package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What every journal does, whether or not anything outlives it. */
public abstract class JournalContract {
  private static final Burial WHY = new Burial(1, 1, "status_500", "gone", "No.", 500, "");

  protected final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  protected final DispatchClock clock =
      new DispatchClock(
          () -> time.now(TimeUnit.NANOSECONDS),
          () -> time.now(TimeUnit.MILLISECONDS),
          time,
          () -> 0);

  /** What was brought forth. */
  protected final List<Delivery> forth = new ArrayList<>();

  /** How many wait of each conversation, as the journal is told. */
  protected int waiting;

  protected Journal journal;

  /** Opens one; again, with what outlived the one before, which was closed. */
  protected abstract Journal open(Journal.Deliveries deliveries);

  /** What is on its way somewhere gets there. */
  protected abstract void settleDown();

  @BeforeEach
  void open() {
    journal = open(new Taking());
  }

  @AfterEach
  void close() {
    journal.exit().stop();
    journal.close();
    time.dispose();
  }

  private final class Taking implements Journal.Deliveries {
    @Override
    public Delivery delivery(Stanza stanza, String webhookId, long received) {
      return new Delivery(
          stanza, webhookId, received, ConversationKey.of(stanza), true, delivery -> {});
    }

    @Override
    public void next(Delivery delivery) {
      forth.add(delivery);
    }

    @Override
    public int waiting(ConversationKey conversation) {
      return waiting;
    }

    @Override
    public void lost(LongPredicate positions) {
      forth.removeIf(delivery -> delivery.isKept() && positions.test(delivery.position));
    }

    @Override
    public void release(LongPredicate positions) {
      throw new IllegalStateException("nothing is released here");
    }

    @Override
    public void take(Runnable step) {
      step.run();
    }

    @Override
    public void later(Duration delay, Runnable step) {
      time.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  protected Delivery keep(String from, String id) {
    Delivery delivery =
        new Taking()
            .delivery(
                DispatcherFixture.message(from, id), "w" + id, time.now(TimeUnit.NANOSECONDS));
    journal.entrance().keep(delivery);
    return delivery;
  }

  protected void handOn() {
    settleDown();
    for (int before = -1; before < forth.size(); settleDown()) {
      before = forth.size();
      journal.exit().handOn(1000);
      settleDown();
    }
  }

  protected List<String> ids() {
    return forth.stream().map(each -> String.valueOf(each.stanza.id())).toList();
  }

  void reopen() {
    journal.exit().stop();
    journal.close();
    forth.clear();
    open();
  }

  /** What a journal says once all is where it goes. */
  private <T> @Nullable T get(Mono<T> said) {
    CompletableFuture<T> future = said.toFuture();
    settleDown();
    return future.getNow(null);
  }

  private void settle(Delivery delivery) {
    journal.exit().settle(delivery.position);
    settleDown();
  }

  @Test
  void whatIsTakenIsBroughtForthOnce_inOrder() {
    IntStream.range(0, 50).forEach(i -> keep("u" + i % 3 + "@b", "" + i));
    handOn();
    IntStream.range(50, 60).forEach(i -> keep("u@b", "" + i));
    handOn();
    handOn();
    assertThat(ids()).isEqualTo(IntStream.range(0, 60).mapToObj(String::valueOf).toList());
    assertThat(forth).allSatisfy(each -> assertThat(each.redelivered).isFalse());
  }

  @Test
  void whatWasTakenIsSafeBeforeWhatWaitsForIt() {
    List<String> steps = new ArrayList<>();
    keep("a@b", "1");
    journal.entrance().onceSafe(() -> steps.add("safe"), () -> steps.add("otherwise"));
    settleDown();
    assertThat(journal.entrance().unsafe()).isZero();
    assertThat(steps).containsExactly("safe");
    journal.entrance().onceSafe(() -> steps.add("at once"), () -> steps.add("otherwise"));
    assertThat(steps).endsWith("at once");
  }

  @Test
  void thereIsRoom() {
    assertThat(journal.entrance().room()).isPositive();
  }

  @Test
  void whatItDoesNotKeepIsBroughtForthAtOnce() {
    Delivery delivery =
        new Taking()
            .delivery(DispatcherFixture.iq("a@b", "q"), "wq", time.now(TimeUnit.NANOSECONDS));
    assertThat(journal.entrance().keeps(delivery.stanza)).isFalse();
    journal.entrance().keep(delivery);
    assertThat(forth).containsExactly(delivery);
    assertThat(delivery.isKept()).isFalse();
    settle(delivery);
  }

  @Test
  void whatItKeepsIsBroughtForthAgainUntilItIsSettled_underItsId() {
    keep("a@b", "1");
    keep("a@b", "2");
    handOn();
    boolean kept = journal.entrance().keeps(forth.get(0).stanza);
    assertThat(forth).allSatisfy(each -> assertThat(each.isKept()).isEqualTo(kept));
    settle(forth.get(0));
    reopen();
    handOn();
    assertThat(ids()).isEqualTo(kept ? List.of("2") : List.of());
    assertThat(forth).allSatisfy(each -> assertThat(each.webhookId).isEqualTo("w2"));
    forth.forEach(this::settle);
    reopen();
    handOn();
    assertThat(forth).isEmpty();
  }

  @Test
  void whatIsBuriedIsADeadLetter_thatMayBeDeliveredOnceMore() {
    keep("a@b", "1");
    handOn();
    journal.exit().bury(forth.get(0).position, WHY);
    settleDown();
    DeadLetters dead = journal.exit().deadLetters();
    assertThat(dead != null).isEqualTo(forth.get(0).isKept());
    if (dead != null) {
      assertThat(requireNonNull(get(dead.find("w1"))).burial()).isEqualTo(WHY);
      forth.clear();
      assertThat(get(dead.redeliver("w1"))).isNotNull();
      handOn();
      assertThat(ids()).containsExactly("1");
      assertThat(forth.get(0).redelivered).isTrue();
      settle(forth.get(0));
    }
  }

  @Test
  void positionsThatItDoesNotKnowAreIgnored() {
    keep("a@b", "1");
    handOn();
    journal.exit().settle(Long.MAX_VALUE);
    journal.exit().bury(Long.MAX_VALUE, WHY);
    journal.exit().settle(Delivery.NOT_KEPT);
    settleDown();
    keep("a@b", "2");
    handOn();
    assertThat(ids()).containsExactly("1", "2");
  }

  @Test
  void onceStoppedItBringsForthNothing_andLosesNothingForIt() {
    keep("a@b", "1");
    handOn();
    journal.exit().stop();
    Delivery second = keep("a@b", "2");
    boolean kept = journal.entrance().keeps(second.stanza);
    if (kept) {
      handOn();
      assertThat(ids()).containsExactly("1");
    }
    reopen();
    handOn();
    assertThat(ids()).isEqualTo(kept ? List.of("1", "2") : List.of());
  }

  /** Of one conversation so many are in memory at most; the others come as it takes them. */
  @Test
  void whatWaitsBehindTooManyIsLeft_andBroughtInOrder() {
    waiting = Integer.MAX_VALUE;
    int count = 100;
    Delivery first = keep("a@b", "0");
    ConversationKey key = first.conversation;
    IntStream.range(1, count).forEach(i -> keep("a@b", "" + i));
    handOn();
    List<String> steps = new ArrayList<>();
    waiting = 0;
    for (int rounds = 0; journal.exit().hasLeft(key) && rounds < count; rounds++) {
      int before = forth.size();
      journal.exit().bringLeft(key, () -> steps.add("brought"));
      settleDown();
      assertThat(forth.size()).isGreaterThan(before);
      assertThat(steps).hasSize(rounds + 1);
    }
    assertThat(ids()).isEqualTo(IntStream.range(0, count).mapToObj(String::valueOf).toList());
    journal.exit().bringLeft(key, () -> steps.add("nothing left"));
    assertThat(steps).endsWith("nothing left");
  }

  @Test
  void closingTwiceDoesNothing() {
    journal.exit().stop();
    journal.close();
  }
}
