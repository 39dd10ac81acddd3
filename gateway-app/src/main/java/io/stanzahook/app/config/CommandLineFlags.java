package io.stanzahook.app.config;

import io.stanzahook.settings.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The flags of one command line.
 *
 * @param given the options that are given
 * @param problems what is wrong with it, one line each: unknown flags and missing values
 * @param help whether it asks for help instead
 */
public record CommandLineFlags(Map<String, Given> given, List<String> problems, boolean help) {
  /** The value of a switch without a value. */
  private static final String ON = "true";

  public CommandLineFlags {
    given = Map.copyOf(given);
    problems = List.copyOf(problems);
  }

  /** The command's flags in picocli's form, for parsing and for help. */
  public static CommandSpec spec(String command, String summary, List<Option> options) {
    CommandSpec spec = CommandSpec.create().name(command);
    spec.usageMessage()
        .customSynopsis(command + " [FLAGS]")
        .description(summary)
        .sortOptions(false)
        .width(100)
        .showDefaultValues(false);
    spec.parser()
        .collectErrors(true)
        .expandAtFiles(false)
        .unmatchedOptionsArePositionalParams(false);
    for (Option option : options) {
      OptionSpec.Builder flag =
          OptionSpec.builder(option.flag())
              .paramLabel(option.placeholder())
              // Picocli formats descriptions; Markdown's marks mean nothing on a terminal.
              .description(option.help().replace("%", "%%").replace("`", ""));
      spec.addOption(
          switch (option.form().shape()) {
            case REPEATED, RULES -> flag.type(List.class).auxiliaryTypes(String.class).build();
            case SWITCH -> flag.type(String.class).arity("0..1").fallbackValue(ON).build();
            case ONE, COMMA_LIST -> flag.type(String.class).build();
          });
    }
    return spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this").build());
  }

  /** Reads the arguments after the command's name. */
  public static CommandLineFlags parse(
      CommandSpec spec, List<Option> options, List<String> arguments) {
    List<String> problems = new ArrayList<>();
    List<String> complete = withoutBareFlags(arguments, options, problems);
    ParseResult result = new CommandLine(spec).parseArgs(complete.toArray(String[]::new));
    Map<String, Given> given = new LinkedHashMap<>();
    for (Option option : options) {
      OptionSpec flag = result.matchedOption(option.flag());
      if (flag != null && !flag.originalStringValues().isEmpty()) {
        Source source = new Source(Source.Layer.FLAG, option.flag());
        given.put(option.name(), new Given(source, flag.originalStringValues()));
      }
    }
    List<String> names = options.stream().map(Option::flag).toList();
    result.errors().forEach(error -> describe(error, names, problems));
    return new CommandLineFlags(given, problems, result.isUsageHelpRequested());
  }

  /**
   * What they and the variables give; a flag overrides its variable.
   *
   * @param variables the options that are also variables
   * @param to gets what is wrong with the command line, to report it with the rest
   */
  Map<String, Given> over(Map<String, String> environment, List<Option> variables, Problems to) {
    problems.forEach(to::add);
    Map<String, Given> all = new LinkedHashMap<>(Environment.read(environment, variables));
    all.putAll(given);
    return all;
  }

  /**
   * Removes flags that lack their value, and gives switches a value. Picocli would also drop the
   * flag after such a flag, and then the report would lack problems.
   */
  private static List<String> withoutBareFlags(
      List<String> arguments, List<Option> options, List<String> problems) {
    Map<String, Option> byFlag = new LinkedHashMap<>();
    options.forEach(option -> byFlag.put(option.flag(), option));
    List<String> complete = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      Option option = byFlag.get(arguments.get(i));
      if (option == null) {
        complete.add(arguments.get(i));
      } else if (option.isSwitch()) {
        // Otherwise picocli would take the next argument as the value.
        complete.add(option.flag() + "=" + ON);
      } else if (i + 1 == arguments.size()
          || byFlag.containsKey(arguments.get(i + 1).replaceFirst("=.*", ""))) {
        problems.add("%s needs a value: %s".formatted(option.flag(), option.placeholder()));
      } else {
        complete.add(arguments.get(i));
        complete.add(arguments.get(++i));
      }
    }
    return complete;
  }

  private static void describe(Exception error, List<String> names, List<String> problems) {
    if (error instanceof UnmatchedArgumentException unmatched) {
      boolean afterFlag = false;
      for (String argument : unmatched.getUnmatched()) {
        // After an unknown flag comes its value, which is not a problem of its own.
        if (argument.startsWith("-") || !afterFlag) {
          problems.add(unknown(argument, names));
        }
        afterFlag = argument.startsWith("-") && argument.indexOf('=') < 0;
      }
    } else if (error instanceof OverwrittenOptionException twice
        && twice.getOverwritten() instanceof OptionSpec flag) {
      problems.add(flag.longestName() + " is given twice");
    } else {
      problems.add(String.valueOf(error.getMessage()));
    }
  }

  private static String unknown(String argument, List<String> names) {
    if (!argument.startsWith("-")) {
      // The message does not quote it: a value without its flag may be a secret.
      return "an argument has no flag in front of it";
    }
    String flag = argument.replaceFirst("(?s)=.*", "");
    return "unknown flag %s%s".formatted(flag, Suggestion.suffix(flag, names));
  }
}
