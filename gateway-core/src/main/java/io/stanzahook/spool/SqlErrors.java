package io.stanzahook.spool;

import java.nio.file.Path;
import java.sql.SQLException;

/** Explains SQLite's errors to a person. */
final class SqlErrors {
  private static final int PRIMARY = 0xFF;
  private static final int READONLY = 8;
  private static final int IOERR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANTOPEN = 14;
  private static final int NOTADB = 26;

  private SqlErrors() {}

  /** Whether the file's structure is broken: it has to be rebuilt from what can be read. */
  static boolean isDamage(SQLException error) {
    return code(error) == CORRUPT;
  }

  private static int code(SQLException error) {
    return error.getErrorCode() & PRIMARY;
  }

  /**
   * An error with what to tell.
   *
   * @param doing what could not be done, as in "the spool cannot be written"
   */
  static SpoolException explained(String doing, Path file, SQLException error) {
    String why =
        switch (code(error)) {
          case FULL ->
              "the disk (or the quota) of " + file + " is full; free some space on it, or move it";
          case READONLY -> "the file " + file + " is read-only";
          case IOERR -> "reading or writing " + file + " failed (full or broken disk?)";
          case CORRUPT -> "the file " + file + " is damaged";
          case CANTOPEN -> "the file " + file + " cannot be opened: not permitted, or not a file";
          case NOTADB ->
              "the file "
                  + file
                  + " is damaged at its beginning (offset 0), or does not belong to a spool. It "
                  + "is left unchanged: move it away to start again, or restore it";
          default -> "the file " + file + " cannot be used";
        };
    return new SpoolException(doing + ": " + why + " [" + error.getMessage() + "]", error);
  }
}
