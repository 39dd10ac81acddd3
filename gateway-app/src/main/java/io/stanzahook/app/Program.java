package io.stanzahook.app;

import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.settings.Suggestion;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the command of a command line and runs it. */
final class Program {
  private static final String NAME = "stanzahook";
  private static final String HELP = "help";

  private final List<Command> commands;
  private final String version;

  Program(List<Command> commands, String version) {
    this.commands = List.copyOf(commands);
    this.version = version;
  }

  /** Runs what the arguments say. Never throws: what went wrong is printed. */
  ExitCode execute(List<String> arguments, Map<String, String> environment, Console console) {
    if (arguments.isEmpty()) {
      overview(console.err());
      return ExitCode.USAGE;
    }
    List<String> rest = arguments.subList(1, arguments.size());
    return switch (arguments.get(0)) {
      case "--version", "-V" -> {
        console.out().println(NAME + " " + version);
        yield ExitCode.ENDED;
      }
      case HELP, "--help", "-h" -> help(rest, console);
      default -> command(arguments.get(0), rest, environment, console);
    };
  }

  private ExitCode help(List<String> about, Console console) {
    if (about.isEmpty()) {
      overview(console.out());
      return ExitCode.ENDED;
    }
    Command command = find(about.get(0));
    if (command == null) {
      return unknown(about.get(0), console);
    }
    new CommandLine(spec(command)).usage(console.out());
    return ExitCode.ENDED;
  }

  private ExitCode command(
      String name, List<String> rest, Map<String, String> environment, Console console) {
    Command command = find(name);
    if (command == null) {
      return unknown(name, console);
    }
    List<String> words = command.words().isEmpty() ? List.of() : words(rest);
    CommandLineFlags flags =
        CommandLineFlags.parse(
            spec(command), command.options(), rest.subList(words.size(), rest.size()));
    if (flags.help()) {
      new CommandLine(spec(command)).usage(console.out());
      return ExitCode.ENDED;
    }
    try {
      return command.execute(new Invocation(words, flags, environment, console, version));
    } catch (ConfigurationException e) {
      e.problems().forEach(console.err()::println);
      return ExitCode.USAGE;
    } catch (RuntimeException e) {
      // A defect of ours: the trace is for the report, the line for the operator.
      LoggerFactory.getLogger(Program.class).error("{} failed unexpectedly: {}", name, e, e);
      return ExitCode.FAILED;
    } finally {
      Logging.stop();
    }
  }

  private static List<String> words(List<String> arguments) {
    int count = 0;
    while (count < arguments.size() && !arguments.get(count).startsWith("-")) {
      count++;
    }
    return arguments.subList(0, count);
  }

  private ExitCode unknown(String name, Console console) {
    if (name.startsWith("-")) {
      console
          .err()
          .println(
              "unknown flag %s before the command; put flags after it: %s run %s"
                  .formatted(flagOnly(name), NAME, flagOnly(name)));
      return ExitCode.USAGE;
    }
    List<String> names = new ArrayList<>(commands.stream().map(Command::name).toList());
    names.add(HELP);
    console
        .err()
        .println(
            "unknown command '%s'%s"
                .formatted(
                    name,
                    Suggestion.nearest(name, names) == null
                        ? "; choose one of " + String.join(", ", names)
                        : Suggestion.suffix(name, names)));
    return ExitCode.USAGE;
  }

  private static String flagOnly(String argument) {
    return argument.replaceFirst("=.*", "");
  }

  private @Nullable Command find(String name) {
    return commands.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
  }

  private static CommandSpec spec(Command command) {
    String words = command.words().isEmpty() ? "" : " " + command.words();
    return CommandLineFlags.spec(
        NAME + " " + command.name() + words, command.summary(), command.options());
  }

  private void overview(PrintStream stream) {
    stream.println("Answer XMPP with HTTP: a gateway from XEP-0114 components to webhooks.");
    stream.println();
    stream.println("Usage: %s COMMAND [FLAGS]".formatted(NAME));
    stream.println();
    for (Command command : commands) {
      stream.println("  %-12s %s".formatted(command.name(), command.summary()));
    }
    stream.println("  %-12s %s".formatted(HELP, "Shows this help, or the flags of a command."));
    stream.println("  %-12s %s".formatted("--version", "Shows the version alone."));
  }
}
