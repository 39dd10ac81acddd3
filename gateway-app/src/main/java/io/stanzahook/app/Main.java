package io.stanzahook.app;

import java.util.List;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs the command of the arguments and ends the process with its exit code. */
  public static void main(String[] args) {
    Program program =
        new Program(
            List.of(
                new RunCommand(),
                new SandboxCommand(),
                new CheckCommand(),
                new DeadLettersCommand(),
                new SecretCommand()),
            version());
    System.exit(
        program
            .execute(List.of(args), System.getenv(), new Console(System.out, System.err))
            .code());
  }

  private static String version() {
    // From the jar's manifest; classes outside of a jar have none.
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
