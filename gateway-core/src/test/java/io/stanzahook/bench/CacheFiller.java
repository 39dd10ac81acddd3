package io.stanzahook.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * A neighbour as virtual machines have them: it walks through more memory than the caches hold, and
 * rests for as long as that took. Runs until it is ended.
 */
public final class CacheFiller {
  private static final int BYTES = 64 * 1024 * 1024;
  private static final int LINE = 64;

  private CacheFiller() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    byte[] memory = new byte[BYTES];
    while (true) {
      long begin = System.nanoTime();
      for (int i = 0; i < BYTES; i += LINE) {
        memory[i]++;
      }
      LockSupport.parkNanos(System.nanoTime() - begin);
    }
  }
}
