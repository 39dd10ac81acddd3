package io.stanzahook.spool;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;

/** H2's MVStore: a tree written anew, from its changed leaves up, at each commit. */
final class MvStore implements Store {
  private final MVStore store;
  private final MVMap<Long, byte[]> map;

  MvStore(Path folder) {
    store =
        new MVStore.Builder()
            .fileName(folder.resolve("spool.mv").toString())
            .autoCommitDisabled()
            .cacheSize(32)
            .open();
    store.setVersionsToKeep(0);
    map =
        store.openMap(
            "records",
            new MVMap.Builder<Long, byte[]>()
                .keyType(LongDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) {
    for (Entry entry : added) {
      map.put(entry.position(), entry.value());
    }
    for (long position : removed) {
      map.remove(position);
    }
    store.commit();
    store.sync();
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    int count = 0;
    Cursor<Long, byte[]> cursor = map.cursor(after + 1);
    for (Iterator<Long> keys = cursor; keys.hasNext() && count < most; count++) {
      long position = keys.next();
      to.accept(position, cursor.getValue());
    }
    return count;
  }

  @Override
  public void maintain() {
    store.compact(50, 8 << 20);
  }

  @Override
  public void close() {
    store.close();
  }
}
