package io.stanzahook.order;

/** How many elements may be processed at the same time: a fixed number, or one that changes. */
@FunctionalInterface
public interface Permits {
  /** The current number. Called in a turn. */
  int limit();

  /** Always this number. */
  static Permits fixed(int limit) {
    return () -> limit;
  }
}
