package io.stanzahook.spool;

import com.sleepycat.bind.tuple.LongBinding;
import com.sleepycat.je.Cursor;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Durability;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationStatus;
import com.sleepycat.je.Transaction;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/** Berkeley DB, Java Edition: a tree in a log. */
final class JeStore implements Store {
  private final Environment environment;
  private final Database database;

  JeStore(Path folder) {
    EnvironmentConfig config = new EnvironmentConfig();
    config.setAllowCreate(true);
    config.setTransactional(true);
    config.setDurability(Durability.COMMIT_SYNC);
    config.setCacheSize(48 << 20);
    config.setConfigParam(EnvironmentConfig.FREE_DISK, "0");
    environment = new Environment(folder.toFile(), config);
    DatabaseConfig databases = new DatabaseConfig();
    databases.setAllowCreate(true);
    databases.setTransactional(true);
    database = environment.openDatabase(null, "records", databases);
  }

  private static DatabaseEntry key(long position) {
    DatabaseEntry key = new DatabaseEntry();
    LongBinding.longToEntry(position, key);
    return key;
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) {
    Transaction transaction = environment.beginTransaction(null, null);
    for (Entry entry : added) {
      database.put(transaction, key(entry.position()), new DatabaseEntry(entry.value()));
    }
    for (long position : removed) {
      database.delete(transaction, key(position));
    }
    transaction.commit();
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    int count = 0;
    DatabaseEntry key = key(after + 1);
    DatabaseEntry value = new DatabaseEntry();
    try (Cursor cursor = database.openCursor(null, null)) {
      OperationStatus status = cursor.getSearchKeyRange(key, value, LockMode.READ_UNCOMMITTED);
      while (status == OperationStatus.SUCCESS && count < most) {
        to.accept(LongBinding.entryToLong(key), value.getData());
        count++;
        status = cursor.getNext(key, value, LockMode.READ_UNCOMMITTED);
      }
    }
    return count;
  }

  @Override
  public void close() {
    database.close();
    environment.close();
  }
}
