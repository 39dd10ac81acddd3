package io.stanzahook.app.send;

import io.stanzahook.app.credentials.ApiCaller;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often each caller may send. There are as many callers as lines in the files, and no more. Any
 * thread may call it.
 */
final class RateLimits {
  private static final class Window {
    private long second;
    private int count;
  }

  private final int perSecond;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<String, Window> byKey = new ConcurrentHashMap<>();

  RateLimits(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Whether the caller may send now. Each call counts as a request. */
  boolean admits(ApiCaller caller) {
    long second = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    Window window = byKey.computeIfAbsent(caller.key(), key -> new Window());
    synchronized (window) {
      if (window.second != second) {
        window.second = second;
        window.count = 0;
      }
      if (window.count == perSecond) {
        return false;
      }
      window.count++;
      return true;
    }
  }
}
