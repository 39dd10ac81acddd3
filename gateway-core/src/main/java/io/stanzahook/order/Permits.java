package io.stanzahook.order;

/** How many elements may be worked on at once: a fixed number, or one that is found meanwhile. */
@FunctionalInterface
public interface Permits {
  /** The number of the moment; asked for in a turn. */
  int limit();

  /** Always that many. */
  static Permits fixed(int limit) {
    return () -> limit;
  }
}
