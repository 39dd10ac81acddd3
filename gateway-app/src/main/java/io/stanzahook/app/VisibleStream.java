package io.stanzahook.app;

import io.stanzahook.app.logging.Visible;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * What a command prints, as a terminal can show it: names and messages are strangers' work. Bytes
 * pass as they are.
 */
final class VisibleStream extends PrintStream {
  private final PrintStream terminal;

  private VisibleStream(PrintStream terminal) {
    super(terminal, true);
    this.terminal = terminal;
  }

  static PrintStream of(PrintStream terminal) {
    return terminal instanceof VisibleStream ? terminal : new VisibleStream(terminal);
  }

  @Override
  public void print(@Nullable String text) {
    terminal.print(Visible.of(String.valueOf(text)));
  }

  @Override
  public void print(@Nullable Object value) {
    print(String.valueOf(value));
  }

  @Override
  public void print(char[] text) {
    print(String.valueOf(text));
  }

  @Override
  public void print(char c) {
    print(String.valueOf(c));
  }

  @Override
  public void println() {
    terminal.println();
  }

  @Override
  public void println(@Nullable String text) {
    terminal.println(Visible.of(String.valueOf(text)));
  }

  @Override
  public void println(@Nullable Object value) {
    println(String.valueOf(value));
  }

  @Override
  public boolean checkError() {
    return terminal.checkError();
  }
}
