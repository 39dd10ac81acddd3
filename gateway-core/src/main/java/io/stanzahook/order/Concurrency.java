package io.stanzahook.order;

/**
 * How many calls may be in flight: a number, or as many as the called one takes well.
 *
 * @param most never more than that
 * @param automatic whether the number is found while running
 */
public record Concurrency(int most, boolean automatic) {
  /** The lowest number. */
  public static final int MIN = 1;

  /** The highest number, and what {@code auto} never goes beyond. */
  public static final int MAX = 65_536;

  /** Found while running. */
  public static final Concurrency AUTO = new Concurrency(MAX, true);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public Concurrency {
    if (most < MIN || most > MAX) {
      throw new IllegalArgumentException(
          "concurrency must be from %d to %d, or auto".formatted(MIN, MAX));
    }
  }

  /** That many. */
  public static Concurrency of(int calls) {
    return new Concurrency(calls, false);
  }

  /** As it is written in a flag. */
  @Override
  public String toString() {
    return automatic ? "auto" : Integer.toString(most);
  }
}
