package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.KeptStanza;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The spool's SQLite database, for reading what is committed. Not thread-safe: belongs to the
 * reading thread, and to the writing one while that repairs the file.
 */
final class SpoolReader implements AutoCloseable {
  private static final String LETTER =
      "SELECT p, v, at, attempts, cause, condition, text, status, response FROM dead";

  private final Connection connection;
  private final PreparedStatement after;
  private final PreparedStatement at;
  private final PreparedStatement newest;
  private final PreparedStatement oldest;
  private final PreparedStatement named;
  private final LongConsumer damaged;

  /**
   * Reads a file that is there.
   *
   * @param damaged is told the position of a record whose bytes have changed
   */
  SpoolReader(Path path, LongConsumer damaged) throws SQLException {
    this.damaged = damaged;
    connection = SpoolFile.connect(path, true);
    try {
      after =
          connection.prepareStatement("SELECT p, v FROM spooled WHERE p > ? ORDER BY p LIMIT ?");
      at = connection.prepareStatement("SELECT p, v FROM spooled WHERE p = ?");
      newest = connection.prepareStatement(LETTER + " WHERE p < ? ORDER BY p DESC LIMIT ?");
      oldest = connection.prepareStatement(LETTER + " WHERE p > ? ORDER BY p LIMIT ?");
      named = connection.prepareStatement(LETTER + " WHERE id = ? ORDER BY p LIMIT 1");
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  List<Spooled> read(long position, int most, long mostBytes) throws SQLException {
    List<Spooled> records = new ArrayList<>();
    long bytes = 0;
    long from = position;
    // Again where all of a page was damaged: no records means the end.
    boolean more = true;
    while (more && records.isEmpty()) {
      more = false;
      after.setLong(1, from);
      after.setInt(2, most);
      try (ResultSet row = after.executeQuery()) {
        while (row.next()) {
          from = row.getLong(1);
          more = true;
          Spooled spooled = spooled(row);
          if (spooled == null) {
            continue;
          }
          bytes += spooled.record().stanza().length;
          if (bytes > mostBytes && !records.isEmpty()) {
            break;
          }
          records.add(spooled);
        }
      }
    }
    return records;
  }

  List<Spooled> readAt(long... positions) throws SQLException {
    List<Spooled> records = new ArrayList<>();
    for (long position : positions) {
      at.setLong(1, position);
      try (ResultSet row = at.executeQuery()) {
        Spooled spooled = row.next() ? spooled(row) : null;
        if (spooled != null) {
          records.add(spooled);
        }
      }
    }
    return records;
  }

  private @Nullable Spooled spooled(ResultSet row) throws SQLException {
    long position = row.getLong(1);
    KeptStanza record = RecordCode.decode(position, row.getBytes(2));
    if (record == null) {
      damaged.accept(position);
      return null;
    }
    return new Spooled(position, record);
  }

  List<DeadLetter> newest(long before, int most) throws SQLException {
    return letters(newest, before, most);
  }

  List<DeadLetter> oldest(long position, int most) throws SQLException {
    return letters(oldest, position, most);
  }

  /** One at most. */
  List<DeadLetter> named(String webhookId) throws SQLException {
    named.setString(1, webhookId);
    return letters(named);
  }

  private static List<DeadLetter> letters(PreparedStatement statement, long bound, int most)
      throws SQLException {
    statement.setLong(1, bound);
    statement.setInt(2, most);
    return letters(statement);
  }

  private static List<DeadLetter> letters(PreparedStatement statement) throws SQLException {
    List<DeadLetter> letters = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        letters.add(letter(row));
      }
    }
    return letters;
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    long position = row.getLong(1);
    byte[] value = row.getBytes(2);
    KeptStanza record = RecordCode.decode(position, value);
    if (record == null) {
      // Shown all the same: whoever looks can tell, and discard it.
      record = new KeptStanza("damaged-" + position, 0, value == null ? new byte[0] : value, true);
    }
    byte[] response = row.getBytes(9);
    return new DeadLetter(
        position,
        record,
        new Burial(
            row.getLong(3),
            row.getInt(4),
            text(row, 5),
            text(row, 6),
            text(row, 7),
            row.getInt(8),
            response == null ? "" : new String(response, StandardCharsets.UTF_8)));
  }

  private static String text(ResultSet row, int column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
