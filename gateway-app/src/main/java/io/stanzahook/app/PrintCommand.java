package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import java.util.List;

/**
 * A command that prints a text about the program. One word chooses the text, and there are no
 * flags.
 */
abstract class PrintCommand implements Command {
  private final String name;
  private final String summary;
  private final List<String> choices;

  /** It takes no flags. */
  record Settings() {}

  /**
   * A command.
   *
   * @param choices the words that it takes
   */
  PrintCommand(String name, String summary, List<String> choices) {
    this.name = name;
    this.summary = summary;
    this.choices = choices;
  }

  /** What is wrong with the words, which are not one of the choices. */
  abstract String problem(List<String> words);

  /** The text for a word. */
  abstract String text(String word, Invocation invocation);

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final String words() {
    return String.join("|", choices);
  }

  @Override
  public final List<Option> options() {
    return List.of();
  }

  @Override
  public final ExitCode execute(Invocation invocation) throws ConfigurationException {
    List<String> words = invocation.words();
    String word = words.size() == 1 ? words.get(0) : "";
    Configuration.read(
        Settings.class,
        invocation.flags(),
        invocation::warn,
        (values, problems) -> {
          if (!choices.contains(word)) {
            problems.add(problem(words));
          }
        });
    invocation.console().out().print(text(word, invocation));
    return ExitCode.ENDED;
  }
}
