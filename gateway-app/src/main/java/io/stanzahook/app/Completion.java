package io.stanzahook.app;

import io.stanzahook.app.config.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Scripts for shells, made of the commands and their options. */
final class Completion {
  private static final String HELP = "help";

  /** The value is one of these words. */
  private static final Pattern CHOICE = Pattern.compile("[a-z0-9_-]+(\\|[a-z0-9_-]+)+");

  private final List<Command> commands;

  Completion(List<Command> commands) {
    this.commands = List.copyOf(commands);
  }

  private String names() {
    return commands.stream().map(Command::name).collect(Collectors.joining(" ")) + " " + HELP;
  }

  /** The words of a command of which one must follow it, as {@code list|show} has them. */
  private static List<String> words(Command command) {
    String first = command.words().replaceFirst(" .*", "");
    return CHOICE.matcher(first).matches() ? List.of(first.split("\\|", -1)) : List.of();
  }

  /** The words that the value may be; none where it is free. */
  private static List<String> values(Option option) {
    String form = option.placeholder();
    return option.isSwitch() || !CHOICE.matcher(form).matches()
        ? List.of()
        : List.of(form.split("\\|", -1));
  }

  private static boolean isFile(Option option) {
    return List.of("F", "FILE").contains(option.placeholder());
  }

  private static boolean isFolder(Option option) {
    return option.placeholder().equals("DIR");
  }

  private List<Option> all() {
    List<Option> all = new ArrayList<>();
    for (Command command : commands) {
      for (Option option : command.options()) {
        if (all.stream().noneMatch(known -> known.flag().equals(option.flag()))) {
          all.add(option);
        }
      }
    }
    return all;
  }

  private static String flags(Command command) {
    return command.options().stream().map(Option::flag).collect(Collectors.joining(" "))
        + (command.options().isEmpty() ? "" : " ")
        + "--help";
  }

  /** For bash 4 and later. */
  String bash() {
    StringBuilder script =
        new StringBuilder(
            """
            # Completes stanzahook in bash: source <(stanzahook completion bash)
            _stanzahook() {
              local current=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]}
              COMPREPLY=()
              if ((COMP_CWORD == 1)); then
                COMPREPLY=($(compgen -W '%s --help --version' -- "$current"))
                return
              fi
              # bash takes --flag=value for three words.
              if [[ $current == '=' ]]; then
                current=
              elif [[ $flag == '=' ]]; then
                flag=${COMP_WORDS[COMP_CWORD - 2]}
              fi
              case $flag in
            """
                .formatted(names()));
    for (Option option : all()) {
      String how =
          isFile(option)
              ? "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$current\"))"
              : isFolder(option)
                  ? "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$current\"))"
                  : values(option).isEmpty()
                      ? ":"
                      : "COMPREPLY=($(compgen -W '%s' -- \"$current\"))"
                          .formatted(String.join(" ", values(option)));
      if (!option.isSwitch()) {
        script.append("    %s)\n      %s\n      return\n      ;;\n".formatted(option.flag(), how));
      }
    }
    script.append("  esac\n  case ${COMP_WORDS[1]} in\n");
    for (Command command : commands) {
      String words = words(command).isEmpty() ? "" : String.join(" ", words(command)) + " ";
      script.append(
          "    %s) COMPREPLY=($(compgen -W '%s%s' -- \"$current\")) ;;\n"
              .formatted(command.name(), words, flags(command)));
    }
    script.append(
        "    help) COMPREPLY=($(compgen -W '%s' -- \"$current\")) ;;\n".formatted(names()));
    return script.append("  esac\n}\ncomplete -F _stanzahook stanzahook\n").toString();
  }

  /** For zsh: a file {@code _stanzahook} in {@code $fpath}. */
  String zsh() {
    StringBuilder script =
        new StringBuilder(
            """
            #compdef stanzahook
            # Completes stanzahook in zsh: put this as _stanzahook into a folder of $fpath.
            _stanzahook() {
              local -a commands flags
              commands=(
            """);
    for (Command command : commands) {
      script.append("    %s\n".formatted(quoted(command.name() + ":" + colons(command.summary()))));
    }
    script.append(
        """
            'help:Shows help, or the flags of a command.'
          )
          if ((CURRENT == 2)); then
            _describe -t commands command commands
            return
          fi
          case $words[2] in
        """);
    for (Command command : commands) {
      script.append("    %s)\n      flags=(\n".formatted(command.name()));
      for (Option option : command.options()) {
        script.append("        %s\n".formatted(quoted(zsh(option))));
      }
      script.append("        '--help[show help]'\n      )\n");
      if (!words(command).isEmpty()) {
        script.append("      flags+=('1:word:(%s)')\n".formatted(String.join(" ", words(command))));
      }
      script.append("      ;;\n");
    }
    return script
        .append("    help) flags=('1:command:(%s)') ;;\n".formatted(names()))
        .append(
            """
              esac
              words=("${words[@]:1}")
              ((CURRENT -= 1))
              _arguments -s $flags
            }
            if [[ $funcstack[1] == _stanzahook ]]; then
              _stanzahook "$@"
            else
              compdef _stanzahook stanzahook
            fi
            """)
        .toString();
  }

  private static String zsh(Option option) {
    String help = "[" + plain(option.meaning()).replaceAll("[\\[\\]]", "\\\\$0") + "]";
    if (option.isSwitch()) {
      return option.flag() + help;
    }
    String value =
        isFile(option)
            ? "_files"
            : isFolder(option)
                ? "_files -/"
                : values(option).isEmpty() ? " " : "(" + String.join(" ", values(option)) + ")";
    // An asterisk: what may be repeated is not told here, so everything may.
    return "*" + option.flag() + "=" + help + ":" + colons(option.placeholder()) + ":" + value;
  }

  private static String colons(String text) {
    return text.replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** The first sentence or clause, without Markdown. */
  private static String plain(String meaning) {
    return meaning.replace("`", "").replaceFirst("(?s)(\\. |; |: ).*", "");
  }

  /** For fish: a file {@code stanzahook.fish} in {@code ~/.config/fish/completions}. */
  String fish() {
    StringBuilder script =
        new StringBuilder(
            """
            # Completes stanzahook in fish: stanzahook completion fish | source
            complete -c stanzahook -f
            """);
    for (Command command : commands) {
      script.append(
          "complete -c stanzahook -n __fish_use_subcommand -a %s -d %s\n"
              .formatted(command.name(), fish(command.summary())));
    }
    script.append(
        "complete -c stanzahook -n __fish_use_subcommand -a help -d 'Shows help.'\n"
            + "complete -c stanzahook -n '__fish_seen_subcommand_from help' -a '%s'\n"
                .formatted(names()));
    for (Command command : commands) {
      String when =
          "complete -c stanzahook -n '__fish_seen_subcommand_from %s'".formatted(command.name());
      for (String word : words(command)) {
        script.append("%s -a %s\n".formatted(when, word));
      }
      for (Option option : command.options()) {
        String how =
            option.isSwitch()
                ? ""
                : isFile(option) || isFolder(option)
                    ? " -r -F"
                    : values(option).isEmpty()
                        ? " -x"
                        : " -x -a '%s'".formatted(String.join(" ", values(option)));
        script.append(
            "%s -l %s%s -d %s\n"
                .formatted(when, option.flag().substring(2), how, fish(plain(option.meaning()))));
      }
    }
    return script.toString();
  }

  private static String fish(String text) {
    return Arrays.stream(text.replace("\\", "\\\\").split("'", -1))
        .collect(Collectors.joining("\\'", "'", "'"));
  }
}
