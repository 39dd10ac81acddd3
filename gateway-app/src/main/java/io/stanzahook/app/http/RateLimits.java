package io.stanzahook.app.http;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.stanzahook.app.credentials.ApiCaller;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How often each caller may send; there are as many as lines in the files, and no more. */
final class RateLimits {
  private final RateLimiterConfig config;
  private final ConcurrentMap<String, RateLimiter> byKey = new ConcurrentHashMap<>();

  RateLimits(int perSecond) {
    config =
        RateLimiterConfig.custom()
            .limitForPeriod(perSecond)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            // Nobody waits here: it would be an event loop.
            .timeoutDuration(Duration.ZERO)
            .build();
  }

  boolean admits(ApiCaller caller) {
    return byKey
        .computeIfAbsent(caller.key(), key -> RateLimiter.of(key, config))
        .acquirePermission();
  }
}
