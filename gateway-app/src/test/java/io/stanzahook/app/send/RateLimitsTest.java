package io.stanzahook.app.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.credentials.ApiCredentials;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private final AtomicLong now = new AtomicLong();
  private final RateLimits limits = new RateLimits(2, now::get);

  private static ApiCaller caller(String token) {
    ApiCredentials all =
        ApiCredentials.parse(
            "one-token-of-some-length\nanother-token-of-some-length",
            List.of("gw.example"),
            problem -> {
              throw new AssertionError(problem);
            });
    return Objects.requireNonNull(all.ofToken(token));
  }

  @Test
  void eachCallerHasItsOwnSeconds() {
    ApiCaller one = caller("one-token-of-some-length");
    ApiCaller other = caller("another-token-of-some-length");

    assertThat(limits.admits(one)).isTrue();
    assertThat(limits.admits(one)).isTrue();
    assertThat(limits.admits(one)).isFalse();
    assertThat(limits.admits(other)).isTrue();

    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(limits.admits(one)).isTrue();
    assertThat(limits.admits(one)).isTrue();
    assertThat(limits.admits(one)).isFalse();
  }
}
