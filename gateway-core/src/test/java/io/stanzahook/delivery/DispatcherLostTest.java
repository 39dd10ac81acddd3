package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

/** A journal whose positions have gaps, and go to another owner. */
class DispatcherLostTest extends DispatcherFixture {
  private final List<Long> settled = new ArrayList<>();
  private @Nullable Log log;

  /** A log in memory: of positions only every thousandth is a message. */
  private final class Log implements Journal, Journal.Entrance, Journal.Exit {
    final Deliveries deliveries;
    private final List<Delivery> taken = new ArrayList<>();
    private long last = 7_000_000;

    Log(Deliveries deliveries) {
      this.deliveries = deliveries;
    }

    @Override
    public Entrance entrance() {
      return this;
    }

    @Override
    public Exit exit() {
      return this;
    }

    @Override
    public boolean keeps(Stanza stanza) {
      return true;
    }

    @Override
    public long room() {
      return 1000;
    }

    @Override
    public void keep(Delivery delivery) {
      last += 1000;
      delivery.position = last;
      taken.add(delivery);
    }

    @Override
    public void handOn(long room) {
      for (long left = room; left > 0 && !taken.isEmpty(); left--) {
        deliveries.next(taken.remove(0));
      }
    }

    @Override
    public void settle(long position) {
      settled.add(position);
    }
  }

  private Dispatcher start(int concurrency) {
    DispatchSettings settings =
        Settings.with(
            settings(concurrency, 100, Overload.BACKPRESSURE), "retry", RetrySettings.DEFAULT);
    settings =
        Settings.with(settings, "flow", Settings.with(settings.flow(), "answers-per-minute", 1));
    return dispatcher(settings, this::open);
  }

  private Journal open(Journal.Deliveries deliveries) {
    Log opened = new Log(deliveries);
    log = opened;
    return opened;
  }

  private void lose(LongPredicate positions) {
    Journal.Deliveries deliveries = requireNonNull(log).deliveries;
    deliveries.take(() -> deliveries.lost(positions));
  }

  @Test
  void positionsMayHaveGaps() {
    TestPublisher<Stanza> stream = start(start(10));
    stream.next(message("a@b", "1"), message("c@d", "2"));
    answerNothing("1");
    answerNothing("2");
    assertThat(settled).containsExactly(7_001_000L, 7_002_000L);
  }

  @Test
  void whatIsLostIsForgotten_whereverItStands_andNothingIsSaidOfIt() {
    Dispatcher dispatcher = start(2);
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("held@b", "1"));
    answer("1", "first");
    stream.next(message("held@b", "held"));
    answer("held", "second");
    stream.next(message("retried@b", "retried"));
    fail("retried", Outcome.NOT_SENT, 0, Duration.ofSeconds(5));
    stream.next(message("called@b", "called"), message("mine@b", "mine"));
    stream.next(message("called@b", "behind"), message("waiting@b", "waiting"));
    assertThat(calls).containsOnlyKeys("called", "mine");
    assertThat(dispatcher.queued()).isEqualTo(4);

    lose(position -> position != 7_005_000);
    assertThat(calls).containsOnlyKeys("mine");
    assertThat(dispatcher.queued()).isZero();
    time.advanceTimeBy(Duration.ofMinutes(5));
    assertThat(begun).containsExactly("1", "held", "retried", "called", "mine");
    assertThat(sentBodies()).containsExactly("first");
    assertThat(recorder.givenUp).isEmpty();
    assertThat(recorder.refused).isEmpty();

    answerNothing("mine");
    stream.next(message("held@b", "next"), message("called@b", "again"));
    assertThat(calls).containsOnlyKeys("next", "again");
    assertThat(settled).containsExactly(7_001_000L, 7_005_000L);
  }
}
