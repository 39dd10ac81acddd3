package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;

/** What {@code run} makes of its flags. */
public final class RunFlags {
  /** The environment that has what must be given. */
  public static final Map<String, String> REQUIRED =
      Map.of(
          "STANZAHOOK_COMPONENT", "gw.localhost",
          "STANZAHOOK_SECRET", "s3cr3t",
          "STANZAHOOK_POST_URL", "http://bot/");

  private RunFlags() {}

  public static CommandLineFlags parse(List<String> flags) {
    return CommandLineFlags.parse(
        CommandLineFlags.spec("run", "Runs.", RunOptions.ALL), RunOptions.ALL, flags);
  }

  public static AppSettings read(Map<String, String> environment, String... flags)
      throws ConfigurationException {
    return Configuration.read(parse(List.of(flags)), environment, "1");
  }

  /** What is wrong with them: there must be something. */
  public static List<String> problems(Map<String, String> environment, String... flags) {
    ConfigurationException thrown =
        catchThrowableOfType(ConfigurationException.class, () -> read(environment, flags));
    assertThat(thrown).isNotNull();
    return thrown.problems();
  }
}
