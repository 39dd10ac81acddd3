package io.stanzahook.app;

import java.util.List;

/** {@code manual}: the manual pages, made of the commands and settings, for packages. */
final class ManualCommand extends PrintCommand {
  private static final List<String> PAGES = List.of("program", "file");

  private final List<Command> commands;

  /**
   * Tells of these commands.
   *
   * @param commands all of the program; this one may be added later
   */
  ManualCommand(List<Command> commands) {
    super(
        "manual",
        "Prints the manual page of the program, or of its configuration file, for man(1).",
        PAGES);
    this.commands = commands;
  }

  @Override
  String problem(List<String> words) {
    return "name one page: " + String.join(", ", PAGES);
  }

  @Override
  String text(String page, Invocation invocation) {
    ManualPages pages = new ManualPages(commands, invocation.version());
    return page.equals("file") ? pages.file() : pages.program();
  }
}
