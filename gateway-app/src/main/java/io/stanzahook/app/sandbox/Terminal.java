package io.stanzahook.app.sandbox;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which of the process's standard streams a person sits at.
 *
 * @param in whether lines are typed
 * @param out whether the transcript is read as it comes
 * @param err whether a line can be written over
 * @param colours whether the reader can, and wants to, have colours
 */
public record Terminal(boolean in, boolean out, boolean err, boolean colours) {

  /** Looks at the streams of this process. */
  public static Terminal of(Map<String, String> environment) {
    boolean out = isTerminal(1);
    boolean colours =
        out
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb");
    return new Terminal(isTerminal(0), out, isTerminal(2), colours);
  }

  /**
   * {@link System#console()} knows of all streams at once only, and since Java 22 not even that.
   */
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

  @SuppressWarnings("SystemConsoleNull") // What Java 22 changed is asked for below.
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Java 22 and later have a console always, and a method that says whether it is one.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
