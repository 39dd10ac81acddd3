package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.settings.Suggestion;
import java.util.List;

/** {@code completion}: a script with which a shell completes commands, flags and their values. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private final List<Command> commands;

  /** It takes no flags. */
  record Settings() {}

  /**
   * Completes these commands.
   *
   * @param commands all of the program; this one may be added later
   */
  CompletionCommand(List<Command> commands) {
    this.commands = commands;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "Prints a script that completes commands and flags in a shell.";
  }

  @Override
  public String words() {
    return String.join("|", SHELLS);
  }

  @Override
  public List<Option> options() {
    return List.of();
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    List<String> words = invocation.words();
    String shell = words.size() == 1 ? words.get(0) : "";
    Configuration.read(
        Settings.class,
        invocation.flags(),
        invocation::warn,
        (values, problems) -> {
          if (!SHELLS.contains(shell)) {
            problems.add(
                words.size() == 1 && Suggestion.nearest(shell, SHELLS) != null
                    ? "unknown shell '%s'%s".formatted(shell, Suggestion.suffix(shell, SHELLS))
                    : "name one shell: " + String.join(", ", SHELLS));
          }
        });
    Completion completion = new Completion(commands);
    invocation
        .console()
        .out()
        .print(
            switch (shell) {
              case "bash" -> completion.bash();
              case "zsh" -> completion.zsh();
              default -> completion.fish();
            });
    return ExitCode.ENDED;
  }
}
