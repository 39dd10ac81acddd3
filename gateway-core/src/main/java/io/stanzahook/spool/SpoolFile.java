package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
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

  private static final int PAGE_BYTES = 4096;

  /** Pages of the write-ahead log after which they are carried over into the file. */
  private static final int LOG_PAGES = 1024;

  /** What the log takes; more only while a single transaction needs it. */
  static final int LOG_BYTES = LOG_PAGES * PAGE_BYTES;

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
          "CREATE TABLE state(last INTEGER, depth INTEGER, dead INTEGER, sum INTEGER)",
          "INSERT INTO state VALUES(0, 0, 0, " + new State(0, 0, 0).sum() + ")");

  private final Path path;
  private final Connection connection;
  private Statements sql;
  private final long pageSize;

  /** Opens the file, or creates it. */
  SpoolFile(Path path) throws SQLException {
    this.path = path;
    try {
      // SQLite would create it open to others, and gives the files beside it the same permissions.
      SpoolAccess.createFile(path);
    } catch (IOException e) {
      throw new SpoolException(
          "the file " + path + " cannot be created: " + SpoolFolder.reason(e), e);
    }
    connection = connect(path, false);
    try {
      prepareTables();
      sql = new Statements(connection);
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
          "the file "
              + path
              + " does not belong to a spool and is left unchanged; name another folder");
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
      run("PRAGMA page_size = " + PAGE_BYTES);
      run("PRAGMA auto_vacuum = INCREMENTAL");
    }
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA wal_autocheckpoint = " + LOG_PAGES);
    run("PRAGMA journal_size_limit = " + LOG_BYTES);
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

  /** As of the last commit; null where it is not what was written. */
  @Nullable State state() throws SQLException {
    return state(connection);
  }

  /** The same, of any connection. */
  static @Nullable State state(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT last, depth, dead, sum FROM state")) {
      if (!row.next()) {
        return null;
      }
      State state = new State(row.getLong(1), row.getLong(2), row.getLong(3));
      return state.sum() == row.getLong(4) ? state : null;
    }
  }

  /**
   * What is counted along, so that nobody has to count millions.
   *
   * @param last the greatest position
   * @param depth records
   * @param dead dead letters
   */
  record State(long last, long depth, long dead) {
    /** Tells whether these are the numbers that were written. */
    long sum() {
      CRC32C sum = new CRC32C();
      sum.update(
          ByteBuffer.allocate(3 * Long.BYTES).putLong(last).putLong(depth).putLong(dead).flip());
      return sum.getValue();
    }
  }

  /** Whether what the writing thread looks at each time can be read. */
  boolean isReadable() throws SQLException {
    return first().position() >= 0 && usedBytes() >= 0;
  }

  void begin() throws SQLException {
    sql.begin.execute();
  }

  /** Writes the changes, with what they come to. */
  void commit(State state) throws SQLException {
    sql.putState.setLong(1, state.last());
    sql.putState.setLong(2, state.depth());
    sql.putState.setLong(3, state.dead());
    sql.putState.setLong(4, state.sum());
    sql.putState.executeUpdate();
    sql.commit.execute();
  }

  /** Undoes what was begun, after an error; then this is as good as new. */
  void rollback() {
    sql.close();
    try {
      run("ROLLBACK");
    } catch (SQLException e) {
      // SQLite had done so itself.
    }
    try {
      sql = new Statements(connection);
    } catch (SQLException e) {
      // What is done next fails for the same reason.
    }
  }

  void insert(long position, KeptStanza record) throws SQLException {
    insert(position, RecordCode.encode(position, record));
  }

  void insert(long position, byte[] value) throws SQLException {
    sql.insert.setLong(1, position);
    sql.insert.setBytes(2, value);
    sql.insert.executeUpdate();
  }

  /** Removes a record, if it is there; how many were removed. */
  int delete(long position) throws SQLException {
    sql.delete.setLong(1, position);
    return sql.delete.executeUpdate();
  }

  byte @Nullable [] get(long position) throws SQLException {
    return value(sql.select, position);
  }

  byte @Nullable [] getDead(long position) throws SQLException {
    return value(sql.dead, position);
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
    try (ResultSet row = sql.first.executeQuery()) {
      if (!row.next()) {
        return First.NONE;
      }
      KeptStanza record = RecordCode.decode(row.getLong(1), row.getBytes(2));
      return new First(row.getLong(1), record == null ? 0 : record.receivedAt());
    }
  }

  /** The oldest record. */
  record First(long position, long receivedAt) {
    static final First NONE = new First(0, 0);
  }

  void bury(long position, KeptStanza record, Burial why) throws SQLException {
    sql.bury.setLong(1, position);
    sql.bury.setString(2, record.webhookId());
    sql.bury.setBytes(3, RecordCode.encode(position, record));
    sql.bury.setLong(4, why.at());
    sql.bury.setInt(5, why.attempts());
    sql.bury.setString(6, why.cause());
    sql.bury.setString(7, why.condition());
    sql.bury.setString(8, why.text());
    sql.bury.setInt(9, why.status());
    sql.bury.setBytes(10, why.response().getBytes(StandardCharsets.UTF_8));
    sql.bury.executeUpdate();
  }

  /** Adds a dead letter of another file: a row with the columns p, v, id and so on. */
  void copyDead(ResultSet row) throws SQLException {
    sql.bury.setLong(1, row.getLong(1));
    sql.bury.setString(2, row.getString(3));
    sql.bury.setBytes(3, row.getBytes(2));
    sql.bury.setLong(4, row.getLong(4));
    sql.bury.setInt(5, row.getInt(5));
    sql.bury.setString(6, row.getString(6));
    sql.bury.setString(7, row.getString(7));
    sql.bury.setString(8, row.getString(8));
    sql.bury.setInt(9, row.getInt(9));
    sql.bury.setBytes(10, row.getBytes(10));
    sql.bury.executeUpdate();
  }

  /** Deletes a dead letter, if it is there; how many were deleted. */
  int discard(long position) throws SQLException {
    sql.discard.setLong(1, position);
    return sql.discard.executeUpdate();
  }

  void discardOldest(long count) throws SQLException {
    sql.discardOldest.setLong(1, count);
    sql.discardOldest.executeUpdate();
  }

  /** Copies a record, as it is, to those that cannot be read. */
  void putAside(long position) throws SQLException {
    sql.putAside.setLong(1, position);
    sql.putAside.executeUpdate();
  }

  /** Bytes that are in use: what is free within the file is used before it grows. */
  long usedBytes() throws SQLException {
    return (number(sql.pages) - number(sql.freePages)) * pageSize;
  }

  long freeBytes() throws SQLException {
    return number(sql.freePages) * pageSize;
  }

  /** Gives some of what is free back to the file system. */
  void shrink() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Not prepared: the driver would take one step of it only, which is one page.
      statement.executeUpdate("PRAGMA incremental_vacuum(" + SHRINK_PAGES + ")");
    }
  }

  /** Carries the log over into the file, as far as there is room, and empties it. */
  void emptyLog() throws SQLException {
    run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** What is prepared once, and again after an error: the driver drops a statement that failed. */
  private static final class Statements {
    final PreparedStatement begin;
    final PreparedStatement commit;
    final PreparedStatement insert;
    final PreparedStatement delete;
    final PreparedStatement select;
    final PreparedStatement first;
    final PreparedStatement bury;
    final PreparedStatement dead;
    final PreparedStatement discard;
    final PreparedStatement discardOldest;
    final PreparedStatement putAside;
    final PreparedStatement putState;
    final PreparedStatement pages;
    final PreparedStatement freePages;

    private final List<PreparedStatement> all = new ArrayList<>();

    Statements(Connection connection) throws SQLException {
      begin = prepared(connection, "BEGIN IMMEDIATE");
      commit = prepared(connection, "COMMIT");
      insert = prepared(connection, "INSERT INTO spooled VALUES(?, ?)");
      delete = prepared(connection, "DELETE FROM spooled WHERE p = ?");
      select = prepared(connection, "SELECT v FROM spooled WHERE p = ?");
      first = prepared(connection, "SELECT p, v FROM spooled ORDER BY p LIMIT 1");
      bury = prepared(connection, "INSERT INTO dead VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      dead = prepared(connection, "SELECT v FROM dead WHERE p = ?");
      discard = prepared(connection, "DELETE FROM dead WHERE p = ?");
      discardOldest =
          prepared(
              connection, "DELETE FROM dead WHERE p IN (SELECT p FROM dead ORDER BY p LIMIT ?)");
      putAside = prepared(connection, "INSERT INTO damaged SELECT p, v FROM spooled WHERE p = ?");
      putState = prepared(connection, "UPDATE state SET last = ?, depth = ?, dead = ?, sum = ?");
      pages = prepared(connection, "PRAGMA page_count");
      freePages = prepared(connection, "PRAGMA freelist_count");
    }

    private PreparedStatement prepared(Connection connection, String text) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(text);
      all.add(statement);
      return statement;
    }

    void close() {
      for (PreparedStatement statement : all) {
        try {
          statement.close();
        } catch (SQLException e) {
          // It is not used again.
        }
      }
    }
  }
}
