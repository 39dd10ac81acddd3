package io.stanzahook.app;

import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import java.util.Map;

/**
 * What a command was called with.
 *
 * @param flags its part of the command line
 * @param environment the process's environment
 * @param version of the program
 */
record Invocation(
    CommandLineFlags flags, Map<String, String> environment, Console console, String version) {

  /** The settings of {@code run}; warnings are shown, whether they can be read or not. */
  AppSettings settings() throws ConfigurationException {
    Configuration.warnings(environment)
        .forEach(warning -> console.err().println("warning: " + warning));
    return Configuration.read(flags.given(), flags.problems(), environment, version);
  }
}
