package io.stanzahook.spool;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What the durable spool asks of a store, in its smallest form: the candidates of the decision
 * record. Called by one thread.
 */
interface Store extends AutoCloseable {

  /** A record under its position. */
  record Entry(long position, byte[] value) {}

  /** Adds records, in ascending order, removes others, and returns when both are durable. */
  void commit(List<Entry> added, List<Long> removed) throws Exception;

  /**
   * Hands over up to that many records after a position, in order. A store that cannot start in the
   * middle says so by an {@link UnsupportedOperationException}.
   */
  int read(long after, int most, BiConsumer<Long, byte[]> to) throws Exception;

  /** Hands over everything; for the stores that can do no better. */
  default void readAll(BiConsumer<Long, byte[]> to) throws Exception {
    long[] after = {0};
    while (read(
            after[0],
            1000,
            (position, value) -> {
              to.accept(position, value);
              after[0] = position;
            })
        > 0) {
      // The next page.
    }
  }

  /** What the store wants done from time to time to give space back. */
  default void maintain() throws Exception {}

  @Override
  void close() throws Exception;

  /** The candidate of that name, on a folder. */
  static Store open(String name, Path folder) throws Exception {
    return switch (name) {
      case "none" -> new NoStore();
      case "artemis" -> new ArtemisStore(folder);
      case "je" -> new JeStore(folder);
      case "lmdb" -> new LmdbStore(folder);
      case "mvstore" -> new MvStore(folder);
      case "rocksdb" -> new RocksStore(folder);
      case "spool" -> new SpoolStore(folder);
      case "sqlite" -> new SqliteStore(folder);
      case "xodus" -> new XodusStore(folder);
      default -> throw new IllegalArgumentException("no store of this name: " + name);
    };
  }
}
