package io.stanzahook.app.interop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting for a latch without checked exceptions. */
final class Latches {
  private static final long LIMIT_SECONDS = Patience.LONG.toSeconds();

  private Latches() {}

  /** Returns once the latch is open; fails after {@link Patience#LONG}. */
  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing came within " + LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
