package io.stanzahook.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last stanzas written to one connection, to be named where the server ends the stream over one
 * of them.
 *
 * <p>Not thread-safe: belongs to the connection's event loop.
 */
final class LastWritten {
  /** How many are kept: a server reads in order, and ends the stream at the first it rejects. */
  static final int MAX = 16;

  private final Deque<WrittenStanza> last = new ArrayDeque<>(MAX);

  void add(WrittenStanza stanza) {
    if (last.size() == MAX) {
      last.removeFirst();
    }
    last.addLast(stanza);
  }

  /** Those kept, the last one last. */
  List<WrittenStanza> list() {
    return List.copyOf(last);
  }
}
