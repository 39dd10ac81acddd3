package io.stanzahook.app;

import java.io.PrintStream;

/**
 * Where a command writes, apart from the log.
 *
 * @param out what was asked for: help, a check's findings
 * @param err what is wrong
 */
record Console(PrintStream out, PrintStream err) {
  /** What strangers' names and messages would do to a terminal is seen, and not done. */
  Console {
    out = VisibleStream.of(out);
    err = VisibleStream.of(err);
  }
}
