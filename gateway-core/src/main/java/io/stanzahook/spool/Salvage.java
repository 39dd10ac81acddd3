package io.stanzahook.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Repairs a damaged file: it copies every record that can be read into a new file, which then takes
 * its place. The damaged file is kept beside it. A crash at any time leaves one of the two.
 */
final class Salvage {
  private static final String NEW = "spool-new.db";
  private static final String REPAIRED = "spool-repaired.db";
  private static final String LOG = "-wal";

  /** SQLite's index of its log, which it makes anew. */
  private static final String LOG_INDEX = "-shm";

  /** Records copied in one transaction. */
  private static final int PAGE = 1000;

  /** Damaged files in one folder: more than anyone will look at. */
  private static final int MAX_ASIDE = 1000;

  private final Path file;
  private final SpoolListener listener;
  private final long size;
  private long copied;
  private long last;
  private long depth;
  private long dead;

  private Salvage(Path file, SpoolListener listener) throws IOException {
    this.file = file;
    this.listener = listener;
    size = Files.size(file);
  }

  /** Ends a repair that a crash had cut short; does nothing where there was none. */
  static void finish(Path file) {
    try {
      if (Files.exists(file.resolveSibling(REPAIRED))) {
        replace(file);
      }
    } catch (IOException e) {
      throw cannotRepair(file, e);
    }
  }

  /** Repairs a file that nobody has open. */
  static void repair(Path file, SpoolListener listener) {
    Path whole = file.resolveSibling(NEW);
    try {
      deleteAll(whole);
      Salvage salvage = new Salvage(file, listener);
      salvage.copyTo(whole);
      if (Files.exists(beside(whole, LOG))) {
        throw new IOException("the log of " + whole + " could not be moved into it");
      }
      Files.move(whole, file.resolveSibling(REPAIRED));
      Path aside = replace(file);
      listener.damaged(
          new SpoolException(
              "the file "
                  + file
                  + " was damaged; "
                  + salvage.depth
                  + " records and "
                  + salvage.dead
                  + " dead letters could be read and are kept; the damaged file is now "
                  + aside));
    } catch (IOException e) {
      throw cannotRepair(file, e);
    } catch (SQLException e) {
      throw SqlErrors.explained(
          "the spool is damaged, and what can be read of it cannot be saved", file, e);
    }
  }

  private static SpoolException cannotRepair(Path file, IOException error) {
    return new SpoolException(
        "the damaged file "
            + file
            + " cannot be replaced by what was saved of it: "
            + SpoolFolder.reason(error),
        error);
  }

  private static void deleteAll(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(beside(file, LOG));
    Files.deleteIfExists(beside(file, LOG_INDEX));
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** Puts the damaged file aside and the repaired one in its place; the former's new name. */
  private static Path replace(Path file) throws IOException {
    Path aside = aside(file);
    Files.deleteIfExists(beside(file, LOG_INDEX));
    if (Files.exists(beside(file, LOG))) {
      Files.move(beside(file, LOG), beside(aside, LOG));
    }
    if (Files.exists(file)) {
      Files.move(file, aside);
    }
    Files.move(file.resolveSibling(REPAIRED), file);
    return aside;
  }

  private static Path aside(Path file) throws IOException {
    for (int i = 1; i <= MAX_ASIDE; i++) {
      Path aside = file.resolveSibling("spool-damaged-" + i + ".db");
      if (!Files.exists(aside)) {
        return aside;
      }
    }
    throw new IOException("there are " + MAX_ASIDE + " damaged files already; move them away");
  }

  private void copyTo(Path whole) throws SQLException {
    try (Connection from = SpoolFile.connect(file, false);
        SpoolFile to = new SpoolFile(whole)) {
      last = state(from);
      copy(
          from,
          to,
          "SELECT p, v FROM spooled WHERE p > ? ORDER BY p LIMIT " + PAGE,
          row -> {
            to.insert(row.getLong(1), row.getBytes(2));
            depth++;
          });
      copy(
          from,
          to,
          "SELECT p, v, id, at, attempts, cause, condition, text, status, response FROM dead"
              + " WHERE p > ? ORDER BY p LIMIT "
              + PAGE,
          row -> {
            to.copyDead(row);
            dead++;
          });
      to.begin();
      to.commit(new SpoolFile.State(last, depth, dead));
    }
  }

  private static long state(Connection from) {
    try {
      SpoolFile.State state = SpoolFile.state(from);
      return state == null ? 0 : state.last();
    } catch (SQLException e) {
      return 0; // The records tell.
    }
  }

  /** Copies one row. */
  private interface Row {
    void copy(ResultSet row) throws SQLException;
  }

  /**
   * Copies a table in the order of positions. Where it cannot be read, looks for the next position
   * from which it can.
   */
  private void copy(Connection from, SpoolFile to, String sql, Row copying) throws SQLException {
    long after = 0;
    while (after != Long.MAX_VALUE) {
      long reached = copyPage(from, to, sql, after, copying);
      // Where that is nothing: the end, or damage.
      after = reached == after ? readable(from, sql, after) : reached;
    }
  }

  /** Copies up to a page; the last position that could be read. */
  private long copyPage(Connection from, SpoolFile to, String sql, long after, Row copying)
      throws SQLException {
    long reached = after;
    to.begin();
    // Prepared each time: the driver drops a statement that failed.
    try (PreparedStatement rows = rows(from, sql, after);
        ResultSet row = rows.executeQuery()) {
      while (row.next()) {
        long position = row.getLong(1);
        if (position <= reached) {
          break; // Damaged: not in order.
        }
        byte[] value = row.getBytes(2);
        if (RecordCode.decode(position, value) != null) {
          copying.copy(row);
          copied += value.length;
        }
        reached = position;
      }
    } catch (SQLException e) {
      if (!SqlErrors.isDamage(e)) {
        to.rollback();
        throw e;
      }
    }
    last = Math.max(last, reached);
    to.commit(new SpoolFile.State(last, depth, dead));
    listener.recovering(Math.min(copied, size), size);
    return reached;
  }

  private static PreparedStatement rows(Connection from, String sql, long after)
      throws SQLException {
    PreparedStatement rows = from.prepareStatement(sql);
    rows.setLong(1, after);
    return rows;
  }

  /**
   * The next position after which there are rows that can be read; the greatest where there is
   * none. Damage is taken for one stretch: between two, a readable one may be passed over.
   */
  private static long readable(Connection from, String sql, long after) throws SQLException {
    if (find(from, sql, after) == Finding.NOTHING) {
      return Long.MAX_VALUE;
    }
    long damaged = after;
    long whole = after;
    for (long step = 1; whole == after; step *= 2) {
      if (step > Long.MAX_VALUE / 4 - after) {
        return Long.MAX_VALUE;
      }
      if (find(from, sql, after + step) == Finding.DAMAGE) {
        damaged = after + step;
      } else {
        whole = after + step;
      }
    }
    while (whole - damaged > 1) {
      long middle = damaged + (whole - damaged) / 2;
      if (find(from, sql, middle) == Finding.DAMAGE) {
        damaged = middle;
      } else {
        whole = middle;
      }
    }
    return find(from, sql, whole) == Finding.ROWS ? whole : Long.MAX_VALUE;
  }

  private enum Finding {
    ROWS,
    NOTHING,
    DAMAGE
  }

  private static Finding find(Connection from, String sql, long after) throws SQLException {
    try (PreparedStatement rows = rows(from, sql, after);
        ResultSet row = rows.executeQuery()) {
      if (!row.next()) {
        return Finding.NOTHING;
      }
      return row.getLong(1) > after ? Finding.ROWS : Finding.DAMAGE;
    } catch (SQLException e) {
      if (SqlErrors.isDamage(e)) {
        return Finding.DAMAGE;
      }
      throw e;
    }
  }
}
