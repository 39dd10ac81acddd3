package io.stanzahook.app;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs the command of the arguments and ends the process with its exit code. */
  public static void main(String[] args) {
    Program program = new Program(commands(), version());
    System.exit(
        program
            .execute(List.of(args), System.getenv(), new Console(System.out, System.err))
            .code());
  }

  /** All commands, in the order of help. */
  static List<Command> commands() {
    List<Command> commands = new ArrayList<>();
    List<Command> all = Collections.unmodifiableList(commands);
    commands.add(new RunCommand());
    commands.add(new SandboxCommand());
    commands.add(new CheckCommand());
    commands.add(new DeadLettersCommand());
    commands.add(new SecretCommand());
    commands.add(new VersionCommand());
    commands.add(new CompletionCommand(all));
    commands.add(new ManualCommand(all));
    return commands;
  }

  private static String version() {
    // From the jar's manifest; classes outside of a jar have none.
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
