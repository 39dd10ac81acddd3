package io.stanzahook.spool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The spool's SQLite database, for writing. Not thread-safe: belongs to the writing thread. Every
 * change is between {@link #begin} and {@link #commit}, which returns once it is on disk.
 */
final class SpoolFile implements AutoCloseable {
  static final String NAME = "spool.db";

  /** The version of the tables below, kept in the file. */
  static final int FORMAT = 1;

  /** Marks SQLite files that are a spool: "SHsp". */
  private static final int APPLICATION = 0x53487370;

  private static final int BUSY_MILLIS = 10_000;

  /** Pages of the write-ahead log after which they are carried over into the file: 16 MB. */
  private static final int CHECKPOINT_PAGES = 4096;

  /** Pages given back to the file system in one step. */
  private static final int SHRINK_PAGES = 512;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE spooled(p INTEGER PRIMARY KEY, v BLOB NOT NULL)",
          "CREATE TABLE dead(p INTEGER PRIMARY KEY, id TEXT NOT NULL, v BLOB NOT NULL, at INTEGER,"
              + " attempts INTEGER, cause TEXT, condition TEXT, text TEXT, status INTEGER,"
              + " response TEXT)",
          "CREATE INDEX dead_id ON dead(id)",
          "CREATE TABLE damaged(p INTEGER, v BLOB)",
          "CREATE TABLE state(last INTEGER, depth INTEGER, dead INTEGER)",
          "INSERT INTO state VALUES(0, 0, 0)");

  private final Path path;
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final PreparedStatement select;
  private final PreparedStatement first;
  private final PreparedStatement bury;
  private final PreparedStatement dead;
  private final PreparedStatement discard;
  private final PreparedStatement discardOldest;
  private final PreparedStatement putAside;
  private final PreparedStatement putState;
  private final PreparedStatement pages;
  private final PreparedStatement freePages;
  private final PreparedStatement shrink;
  private final long pageSize;

  /** Opens the file, or creates it. */
  SpoolFile(Path path) throws SQLException {
    this.path = path;
    connection = connect(path, false);
    try {
      prepareTables();
      begin = connection.prepareStatement("BEGIN IMMEDIATE");
      commit = connection.prepareStatement("COMMIT");
      rollback = connection.prepareStatement("ROLLBACK");
      insert = connection.prepareStatement("INSERT INTO spooled VALUES(?, ?)");
      delete = connection.prepareStatement("DELETE FROM spooled WHERE p = ?");
      select = connection.prepareStatement("SELECT v FROM spooled WHERE p = ?");
      first = connection.prepareStatement("SELECT p, v FROM spooled ORDER BY p LIMIT 1");
      bury = connection.prepareStatement("INSERT INTO dead VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      dead = connection.prepareStatement("SELECT v FROM dead WHERE p = ?");
      discard = connection.prepareStatement("DELETE FROM dead WHERE p = ?");
      discardOldest =
          connection.prepareStatement(
              "DELETE FROM dead WHERE p IN (SELECT p FROM dead ORDER BY p LIMIT ?)");
      putAside =
          connection.prepareStatement("INSERT INTO damaged SELECT p, v FROM spooled WHERE p = ?");
      putState = connection.prepareStatement("UPDATE state SET last = ?, depth = ?, dead = ?");
      pages = connection.prepareStatement("PRAGMA page_count");
      freePages = connection.prepareStatement("PRAGMA freelist_count");
      shrink = connection.prepareStatement("PRAGMA incremental_vacuum(" + SHRINK_PAGES + ")");
      pageSize = number("PRAGMA page_size");
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** A connection to a spool's file, which is created unless only read. */
  static Connection connect(Path path, boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setReadOnly(readOnly);
    return config.createConnection("jdbc:sqlite:" + path);
  }

  private void prepareTables() throws SQLException {
    long application = number("PRAGMA application_id");
    long format = number("PRAGMA user_version");
    long tables = number("SELECT count(*) FROM sqlite_schema");
    if (tables > 0 && application != APPLICATION) {
      throw new SpoolException(
          "the file " + path + " is not a spool's; it is left as it is: name another folder");
    }
    if (format > FORMAT) {
      throw new SpoolException(
          "the file "
              + path
              + " has format "
              + format
              + ", of a newer Stanzahook; this one knows format "
              + FORMAT
              + ": start the newer one");
    }
    if (tables == 0) {
      run("PRAGMA auto_vacuum = INCREMENTAL");
    }
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    run("PRAGMA journal_size_limit = " + 2L * CHECKPOINT_PAGES * 4096);
    if (tables == 0) {
      run("BEGIN IMMEDIATE");
      for (String table : TABLES) {
        run(table);
      }
      run("PRAGMA application_id = " + APPLICATION);
      run("PRAGMA user_version = " + FORMAT);
      run("COMMIT");
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static long number(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  Path path() {
    return path;
  }

  /** Greatest position, number of records, number of dead letters, as of the last commit. */
  State state() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last, depth, dead FROM state")) {
      return row.next()
          ? new State(row.getLong(1), row.getLong(2), row.getLong(3))
          : new State(0, 0, 0);
    }
  }

  /** What is counted along, so that nobody has to count millions. */
  record State(long last, long depth, long dead) {}

  void begin() throws SQLException {
    begin.execute();
  }

  /** Writes the changes, with what they come to. */
  void commit(State state) throws SQLException {
    putState.setLong(1, state.last());
    putState.setLong(2, state.depth());
    putState.setLong(3, state.dead());
    putState.executeUpdate();
    commit.execute();
  }

  /** Undoes what was begun; after some errors, SQLite has done so itself. */
  void rollback() {
    try {
      rollback.execute();
    } catch (SQLException e) {
      // There was nothing to undo.
    }
  }

  void insert(long position, SpoolRecord record) throws SQLException {
    insert(position, RecordCode.encode(position, record));
  }

  void insert(long position, byte[] value) throws SQLException {
    insert.setLong(1, position);
    insert.setBytes(2, value);
    insert.executeUpdate();
  }

  /** Removes a record, if it is there; how many were removed. */
  int delete(long position) throws SQLException {
    delete.setLong(1, position);
    return delete.executeUpdate();
  }

  byte @Nullable [] get(long position) throws SQLException {
    return value(select, position);
  }

  byte @Nullable [] getDead(long position) throws SQLException {
    return value(dead, position);
  }

  private static byte @Nullable [] value(PreparedStatement statement, long position)
      throws SQLException {
    statement.setLong(1, position);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getBytes(1) : null;
    }
  }

  /** The first record's position, and when it came in; zeros where there is none. */
  First first() throws SQLException {
    try (ResultSet row = first.executeQuery()) {
      if (!row.next()) {
        return First.NONE;
      }
      SpoolRecord record = RecordCode.decode(row.getLong(1), row.getBytes(2));
      return new First(row.getLong(1), record == null ? 0 : record.receivedAt());
    }
  }

  /** The oldest record. */
  record First(long position, long receivedAt) {
    static final First NONE = new First(0, 0);
  }

  void bury(long position, SpoolRecord record, Burial why) throws SQLException {
    bury.setLong(1, position);
    bury.setString(2, record.webhookId());
    bury.setBytes(3, RecordCode.encode(position, record));
    bury.setLong(4, why.at());
    bury.setInt(5, why.attempts());
    bury.setString(6, why.cause());
    bury.setString(7, why.condition());
    bury.setString(8, why.text());
    bury.setInt(9, why.status());
    bury.setBytes(10, why.response().getBytes(StandardCharsets.UTF_8));
    bury.executeUpdate();
  }

  /** Adds a dead letter of another file: a row with the columns p, v, id and so on. */
  void copyDead(ResultSet row) throws SQLException {
    bury.setLong(1, row.getLong(1));
    bury.setString(2, row.getString(3));
    bury.setBytes(3, row.getBytes(2));
    bury.setLong(4, row.getLong(4));
    bury.setInt(5, row.getInt(5));
    bury.setString(6, row.getString(6));
    bury.setString(7, row.getString(7));
    bury.setString(8, row.getString(8));
    bury.setInt(9, row.getInt(9));
    bury.setBytes(10, row.getBytes(10));
    bury.executeUpdate();
  }

  /** Deletes a dead letter, if it is there; how many were deleted. */
  int discard(long position) throws SQLException {
    discard.setLong(1, position);
    return discard.executeUpdate();
  }

  void discardOldest(long count) throws SQLException {
    discardOldest.setLong(1, count);
    discardOldest.executeUpdate();
  }

  /** Copies a record, as it is, to those that cannot be read. */
  void putAside(long position) throws SQLException {
    putAside.setLong(1, position);
    putAside.executeUpdate();
  }

  /** Bytes that are in use: what is free within the file is used before it grows. */
  long usedBytes() throws SQLException {
    return (number(pages) - number(freePages)) * pageSize;
  }

  long freeBytes() throws SQLException {
    return number(freePages) * pageSize;
  }

  /** Gives some of what is free back to the file system. */
  void shrink() throws SQLException {
    try (ResultSet steps = shrink.executeQuery()) {
      while (steps.next()) {
        // Each step gives back a page.
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
