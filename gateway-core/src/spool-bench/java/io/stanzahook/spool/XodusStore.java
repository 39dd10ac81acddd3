package io.stanzahook.spool;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.bindings.LongBinding;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.StoreConfig;

/** JetBrains Xodus: a tree in a log. */
final class XodusStore implements Store {
  private final Environment environment;
  private final jetbrains.exodus.env.Store store;

  XodusStore(Path folder) {
    environment =
        Environments.newInstance(
            folder.toFile(),
            new EnvironmentConfig().setLogDurableWrite(true).setMemoryUsage(48L << 20));
    store =
        environment.computeInTransaction(
            txn -> environment.openStore("records", StoreConfig.WITHOUT_DUPLICATES, txn));
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) {
    environment.executeInTransaction(
        txn -> {
          for (Entry entry : added) {
            store.putRight(
                txn,
                LongBinding.longToEntry(entry.position()),
                new ArrayByteIterable(entry.value()));
          }
          for (long position : removed) {
            store.delete(txn, LongBinding.longToEntry(position));
          }
        });
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    return environment.computeInReadonlyTransaction(
        txn -> {
          int count = 0;
          try (Cursor cursor = store.openCursor(txn)) {
            if (cursor.getSearchKeyRange(LongBinding.longToEntry(after + 1)) == null) {
              return 0;
            }
            do {
              to.accept(
                  LongBinding.entryToLong(cursor.getKey()),
                  Arrays.copyOf(
                      cursor.getValue().getBytesUnsafe(), cursor.getValue().getLength()));
              count++;
            } while (count < most && cursor.getNext());
          }
          return count;
        });
  }

  @Override
  public void close() {
    environment.close();
  }
}
