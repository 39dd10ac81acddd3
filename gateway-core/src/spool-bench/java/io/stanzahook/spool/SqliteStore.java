package io.stanzahook.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.BiConsumer;

/** SQLite: one transaction a commit, its log synchronised. */
final class SqliteStore implements Store {
  private final Connection connection;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final PreparedStatement select;

  SqliteStore(Path folder) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("spool.db"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA auto_vacuum=INCREMENTAL");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("CREATE TABLE IF NOT EXISTS r(p INTEGER PRIMARY KEY, v BLOB)");
    }
    connection.setAutoCommit(false);
    insert = connection.prepareStatement("INSERT INTO r VALUES(?, ?)");
    delete = connection.prepareStatement("DELETE FROM r WHERE p = ?");
    select = connection.prepareStatement("SELECT p, v FROM r WHERE p > ? ORDER BY p LIMIT ?");
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) throws SQLException {
    for (Entry entry : added) {
      insert.setLong(1, entry.position());
      insert.setBytes(2, entry.value());
      insert.executeUpdate();
    }
    for (long position : removed) {
      delete.setLong(1, position);
      delete.executeUpdate();
    }
    connection.commit();
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) throws SQLException {
    int count = 0;
    select.setLong(1, after);
    select.setInt(2, most);
    try (ResultSet rows = select.executeQuery()) {
      for (; rows.next(); count++) {
        to.accept(rows.getLong(1), rows.getBytes(2));
      }
    }
    connection.commit();
    return count;
  }

  @Override
  public void maintain() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("PRAGMA incremental_vacuum(10000)");
    }
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
