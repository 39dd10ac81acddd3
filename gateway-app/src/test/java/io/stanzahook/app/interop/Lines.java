package io.stanzahook.app.interop;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a log, written by one thread and read by others. */
final class Lines {
  /** The most lines kept; older ones are dropped. */
  private static final int MAX = 50_000;

  private final Deque<String> lines = new ArrayDeque<>();

  synchronized void add(String line) {
    if (lines.size() == MAX) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  @Override
  public synchronized String toString() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
