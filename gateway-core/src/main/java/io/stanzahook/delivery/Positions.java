package io.stanzahook.delivery;

import java.util.Arrays;

/** Positions in the spool, in order, eight bytes each. Not thread-safe. */
final class Positions {
  private long[] ring = new long[16];
  private int first;
  private int size;

  int size() {
    return size;
  }

  void addLast(long position) {
    if (size == ring.length) {
      long[] larger = Arrays.copyOf(ring, 2 * size);
      for (int i = 0; i < size; i++) {
        larger[i] = ring[(first + i) % size];
      }
      ring = larger;
      first = 0;
    }
    ring[(first + size) % ring.length] = position;
    size++;
  }

  /** The first ones, as many as there are up to that many. */
  long[] peek(int most) {
    long[] taken = new long[Math.min(most, size)];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = ring[(first + i) % ring.length];
    }
    return taken;
  }

  /** Takes out the first ones. */
  void remove(int count) {
    first = (first + count) % ring.length;
    size -= count;
  }
}
