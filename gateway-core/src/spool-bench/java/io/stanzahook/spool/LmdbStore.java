package io.stanzahook.spool;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.KeyRange;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** LMDB: a tree in a mapped file, copied on write, synchronised at each commit. */
final class LmdbStore implements Store {
  private static final long MAP = 16L << 30;

  private final Env<byte[]> env;
  private final Dbi<byte[]> dbi;

  LmdbStore(Path folder) {
    env = Env.create(ByteArrayProxy.PROXY_BA).setMapSize(MAP).setMaxDbs(1).open(folder.toFile());
    dbi = env.openDbi("records", DbiFlags.MDB_CREATE);
  }

  private static byte[] key(long position) {
    return ByteBuffer.allocate(8).putLong(position).array();
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) {
    try (Txn<byte[]> txn = env.txnWrite()) {
      for (Entry entry : added) {
        dbi.put(txn, key(entry.position()), entry.value(), PutFlags.MDB_APPEND);
      }
      for (long position : removed) {
        dbi.delete(txn, key(position));
      }
      txn.commit();
    }
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    int count = 0;
    try (Txn<byte[]> txn = env.txnRead();
        CursorIterable<byte[]> entries = dbi.iterate(txn, KeyRange.atLeast(key(after + 1)))) {
      for (CursorIterable.KeyVal<byte[]> entry : entries) {
        if (count == most) {
          break;
        }
        to.accept(ByteBuffer.wrap(entry.key()).getLong(), entry.val());
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    env.close();
  }
}
