package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import java.util.List;

/** {@code manual}: the manual pages, made of the commands and settings, for packages. */
final class ManualCommand implements Command {
  private static final List<String> PAGES = List.of("program", "file");

  private final List<Command> commands;

  /** It takes no flags. */
  record Settings() {}

  /**
   * Tells of these commands.
   *
   * @param commands all of the program; this one may be added later
   */
  ManualCommand(List<Command> commands) {
    this.commands = commands;
  }

  @Override
  public String name() {
    return "manual";
  }

  @Override
  public String summary() {
    return "Prints the manual page of the program, or of its configuration file, for man(1).";
  }

  @Override
  public String words() {
    return String.join("|", PAGES);
  }

  @Override
  public List<Option> options() {
    return List.of();
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    List<String> words = invocation.words();
    String page = words.size() == 1 ? words.get(0) : "";
    Configuration.read(
        Settings.class,
        invocation.flags(),
        invocation::warn,
        (values, problems) -> {
          if (!PAGES.contains(page)) {
            problems.add("name one page: " + String.join(", ", PAGES));
          }
        });
    ManualPages pages = new ManualPages(commands, invocation.version());
    invocation.console().out().print(page.equals("file") ? pages.file() : pages.program());
    return ExitCode.ENDED;
  }
}
