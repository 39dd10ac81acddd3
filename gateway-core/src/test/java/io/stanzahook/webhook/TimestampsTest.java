package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TimestampsTest {
  private Instant now = Instant.ofEpochMilli(1_614_265_330_999L);

  private final Timestamps timestamps =
      new Timestamps(
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now;
            }
          });

  @Test
  void eachSecondHasItsOwnText_whicheverWayTheClockGoes() {
    assertThat(timestamps.now()).isEqualTo("1614265330").isSameAs(timestamps.now());
    now = now.plusMillis(1);
    assertThat(timestamps.now()).isEqualTo("1614265331");
    now = now.minusSeconds(1);
    assertThat(timestamps.now()).isEqualTo("1614265330");
  }
}
