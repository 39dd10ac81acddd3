package io.stanzahook.app;

import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Environment;
import io.stanzahook.app.config.Option;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a command was called with.
 *
 * @param words what stood between the command and its flags
 * @param flags its part of the command line
 * @param environment the process's environment
 * @param version of the program
 */
record Invocation(
    List<String> words,
    CommandLineFlags flags,
    Map<String, String> environment,
    Console console,
    String version) {

  Invocation {
    words = List.copyOf(words);
  }

  /** Without words. */
  Invocation(
      CommandLineFlags flags, Map<String, String> environment, Console console, String version) {
    this(List.of(), flags, environment, console, version);
  }

  /**
   * Shows what the command ignores of the environment.
   *
   * @param variables those of its options that it takes from there
   */
  void warnOfVariables(Command command, List<Option> variables) {
    Environment.warnings(environment, command.name(), command.options(), variables)
        .forEach(this::warn);
  }

  /** The settings of {@code run}; warnings are shown, whether they can be read or not. */
  AppSettings settings(Command command) throws ConfigurationException {
    return settings(command, this::warn);
  }

  /**
   * The settings of {@code run}.
   *
   * @param ofFiles receives warnings about files
   */
  AppSettings settings(Command command, Consumer<String> ofFiles) throws ConfigurationException {
    warnOfVariables(command, command.options());
    return Configuration.read(flags, environment, version, ofFiles);
  }

  /** Shows a warning before there is a log. */
  void warn(String warning) {
    console.err().println("warning: " + warning);
  }

  /** Reads the settings again, from the files as they are now. The warnings were shown before. */
  AppSettings readAgain() throws ConfigurationException {
    return Configuration.read(flags, environment, version);
  }
}
