package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import java.io.PrintStream;
import java.util.List;

/** {@code version}: what runs here, for a report: the program, its commit, Java, libraries. */
final class VersionCommand implements Command {
  /** It takes no flags. */
  record Settings() {}

  @Override
  public String name() {
    return "version";
  }

  @Override
  public String summary() {
    return "Shows the version, its commit, Java, and the libraries.";
  }

  @Override
  public List<Option> options() {
    return List.of();
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    Configuration.read(
        Settings.class, invocation.flags(), invocation::warn, (values, problems) -> {});
    Build build = Build.current();
    PrintStream out = invocation.console().out();
    out.println("stanzahook " + invocation.version());
    line(out, "commit", build.commit());
    line(
        out,
        "java",
        "%s, %s (%s)"
            .formatted(
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("java.vendor")));
    line(
        out,
        "system",
        "%s %s (%s)"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    build.libraries().forEach((name, version) -> line(out, "library", name + " " + version));
    return ExitCode.ENDED;
  }

  private static void line(PrintStream out, String name, String value) {
    out.println("%-8s %s".formatted(name, value));
  }
}
