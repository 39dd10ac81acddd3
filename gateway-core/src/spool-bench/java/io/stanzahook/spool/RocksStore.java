package io.stanzahook.spool;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB: one batch a commit, its log synchronised. */
final class RocksStore implements Store {
  private final Options options =
      new Options()
          .setCreateIfMissing(true)
          .setWriteBufferSize(32 << 20)
          .setMaxTotalWalSize(128 << 20)
          .setCompressionType(CompressionType.NO_COMPRESSION)
          .setMaxBackgroundJobs(2);
  private final WriteOptions sync = new WriteOptions().setSync(true);
  private final RocksDB db;

  RocksStore(Path folder) throws Exception {
    RocksDB.loadLibrary();
    db = RocksDB.open(options, folder.toString());
  }

  private static byte[] key(long position) {
    return ByteBuffer.allocate(8).putLong(position).array();
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) throws Exception {
    try (WriteBatch batch = new WriteBatch()) {
      for (Entry entry : added) {
        batch.put(key(entry.position()), entry.value());
      }
      for (long position : removed) {
        batch.singleDelete(key(position));
      }
      db.write(sync, batch);
    }
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) throws Exception {
    int count = 0;
    try (RocksIterator iterator = db.newIterator()) {
      for (iterator.seek(key(after + 1)); iterator.isValid() && count < most; iterator.next()) {
        to.accept(ByteBuffer.wrap(iterator.key()).getLong(), iterator.value());
        count++;
      }
      iterator.status();
    }
    return count;
  }

  @Override
  public void close() throws Exception {
    db.closeE();
  }
}
