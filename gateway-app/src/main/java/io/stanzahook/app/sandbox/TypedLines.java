package io.stanzahook.app.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lines of standard input. A thread of its own reads them, so that one can stop waiting for a line.
 * One thread at a time may take lines.
 */
final class TypedLines {
  /** Lines that are read ahead. Beyond it, nothing is read. */
  private static final int AHEAD = 16;

  /**
   * The maximum length of a line, in characters. The rest of a longer line counts as the next one.
   */
  private static final int MAX_LENGTH = 256 * 1024;

  /** A line; null for the end of input. */
  private record Line(@Nullable String text) {}

  private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(AHEAD);
  private @Nullable Line next;
  private boolean ended;

  /** Starts reading. */
  TypedLines(InputStream in, Charset charset) {
    Thread reader = new Thread(() -> read(in, charset), "stdin");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream in, Charset charset) {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, charset))) {
      StringBuilder line = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c != '\n') {
          line.append((char) c);
        }
        if (c == '\n' || line.length() >= MAX_LENGTH) {
          lines.put(new Line(line.toString()));
          line.setLength(0);
        }
      }
      if (!line.isEmpty()) {
        lines.put(new Line(line.toString()));
      }
      lines.put(new Line(null));
    } catch (IOException e) {
      // A closed terminal is an end of input too. Nobody interrupts this thread.
      lines.offer(new Line(null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a line, or the end of input, comes within this time. It stays there to be taken. */
  boolean await(Duration most) throws InterruptedException {
    if (next == null && !ended) {
      next = lines.poll(most.toNanos(), TimeUnit.NANOSECONDS);
    }
    return next != null || ended;
  }

  /** Whether the input has ended. Ask only after {@link #await} returned true. */
  boolean ended() {
    if (next != null && next.text() == null) {
      ended = true;
      next = null;
    }
    return ended;
  }

  /** Takes the line that {@link #await} has found, without white space around it. */
  String take() {
    Line line = next;
    next = null;
    return line == null || line.text() == null ? "" : line.text().strip();
  }
}
