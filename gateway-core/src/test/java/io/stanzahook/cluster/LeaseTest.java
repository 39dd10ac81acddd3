package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private long nanos = -5;
  private long millis = 1_000_000;
  private final Lease lease = new Lease(Duration.ofSeconds(5), () -> nanos, () -> millis);

  private void pass(Duration time) {
    nanos += time.toNanos();
    millis += time.toMillis();
  }

  @Test
  void itLastsFromWhenTheAcceptedWasSent() {
    assertThat(lease.isValid()).isFalse();
    Lease.Sent sent = lease.now();
    pass(Duration.ofSeconds(2));
    lease.renew(sent);
    assertThat(lease.isValid()).isTrue();
    pass(Duration.ofMillis(2999));
    assertThat(lease.isValid()).isTrue();
    pass(Duration.ofMillis(1));
    assertThat(lease.isValid()).isFalse();
  }

  @Test
  void anAnswerToWhatWasSentBeforeAFreezeComesTooLate() {
    Lease.Sent sent = lease.now();
    pass(Duration.ofSeconds(15));
    lease.renew(sent);
    assertThat(lease.isValid()).isFalse();
  }

  @Test
  void eachClockEndsItAlone() {
    lease.renew(lease.now());
    // A machine that slept: one of the clocks stood still.
    millis += 6000;
    assertThat(lease.isValid()).isFalse();
    millis -= 6000;
    assertThat(lease.isValid()).isTrue();
    // Somebody set the clock back.
    nanos += Duration.ofSeconds(6).toNanos();
    millis -= 60_000;
    assertThat(lease.isValid()).isFalse();
  }

  @Test
  void anOlderAnswerDoesNotShortenIt() {
    Lease.Sent older = lease.now();
    pass(Duration.ofSeconds(3));
    Lease.Sent newer = lease.now();
    lease.renew(newer);
    lease.renew(older);
    pass(Duration.ofSeconds(4));
    assertThat(lease.isValid()).isTrue();
  }
}
