package io.stanzahook.order;

/**
 * How many calls may be in flight: a fixed number, or one that is found while running.
 *
 * @param most the number, or the maximum
 * @param automatic whether the number is found while running
 */
public record Concurrency(int most, boolean automatic) {
  /** The lowest number. */
  public static final int MIN = 1;

  /** The highest number, also for {@code auto}. */
  public static final int MAX = 65_536;

  /** Found while running. */
  public static final Concurrency AUTO = new Concurrency(MAX, true);

  /** Checks the bounds. */
  public Concurrency {
    if (most < MIN || most > MAX) {
      throw new IllegalArgumentException(
          "concurrency must be from %d to %d, or auto".formatted(MIN, MAX));
    }
  }

  /** A fixed number. */
  public static Concurrency of(int calls) {
    return new Concurrency(calls, false);
  }

  /** The text as in a flag. */
  @Override
  public String toString() {
    return automatic ? "auto" : Integer.toString(most);
  }
}
