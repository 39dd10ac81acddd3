package io.stanzahook.app;

import io.stanzahook.settings.Suggestion;
import java.util.List;

/** {@code completion}: a script with which a shell completes commands, flags and their values. */
final class CompletionCommand extends PrintCommand {
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private final List<Command> commands;

  /**
   * Completes these commands.
   *
   * @param commands all of the program; this one may be added later
   */
  CompletionCommand(List<Command> commands) {
    super("completion", "Prints a script that completes commands and flags in a shell.", SHELLS);
    this.commands = commands;
  }

  @Override
  String problem(List<String> words) {
    return words.size() == 1 && Suggestion.nearest(words.get(0), SHELLS) != null
        ? "unknown shell '%s'%s".formatted(words.get(0), Suggestion.suffix(words.get(0), SHELLS))
        : "name one shell: " + String.join(", ", SHELLS);
  }

  @Override
  String text(String shell, Invocation invocation) {
    Completion completion = new Completion(commands);
    return switch (shell) {
      case "bash" -> completion.bash();
      case "zsh" -> completion.zsh();
      default -> completion.fish();
    };
  }
}
