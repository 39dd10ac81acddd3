package io.stanzahook.app;

import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import java.util.List;

/** One command of the program. */
interface Command {
  /** As typed. */
  String name();

  /** One sentence for help. */
  String summary();

  /** The words that stand between its name and its flags, for help; empty where there are none. */
  default String words() {
    return "";
  }

  /** The options it takes. */
  List<Option> options();

  /**
   * Runs it on the calling thread until it is done.
   *
   * @throws ConfigurationException if it was called wrongly: exit code 2
   */
  ExitCode execute(Invocation invocation) throws ConfigurationException;
}
