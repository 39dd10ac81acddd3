package io.stanzahook.app.sandbox;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which of the standard streams of the process are a terminal.
 *
 * @param in whether a person types the input
 * @param out whether a person reads the transcript as it is printed
 * @param err whether a line can be overwritten
 * @param colours whether the transcript has colours: the terminal has them, and the user allows
 *     them
 */
public record Terminal(boolean in, boolean out, boolean err, boolean colours) {

  /** For the streams of this process. */
  public static Terminal of(Map<String, String> environment) {
    boolean out = isTerminal(1);
    boolean colours =
        out
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb");
    return new Terminal(isTerminal(0), out, isTerminal(2), colours);
  }

  /** {@link System#console()} cannot tell the streams apart, and since Java 22 it is never null. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return consoleIsTerminal();
    }
  }

  @SuppressWarnings("SystemConsoleNull") // For Java 22 and later, see below.
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Since Java 22 there always is a console, and a method says whether it is a terminal.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
