package io.stanzahook.spool;

import java.util.List;
import java.util.function.BiConsumer;

/** Keeps nothing: what the harness itself costs. */
final class NoStore implements Store {
  @Override
  public void commit(List<Entry> added, List<Long> removed) {}

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    return 0;
  }

  @Override
  public void close() {}
}
