package io.stanzahook.app;

import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import java.util.List;
import java.util.Locale;

/** Manual pages in the language of man(7): stanzahook(1) and stanzahook.yaml(5). */
final class ManualPages {
  private final List<Command> commands;
  private final String version;

  ManualPages(List<Command> commands, String version) {
    this.commands = List.copyOf(commands);
    this.version = version;
  }

  /** stanzahook(1). */
  String program() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        .TH STANZAHOOK 1 "" "stanzahook %s" "User Commands"
        .SH NAME
        stanzahook \\- answer XMPP with HTTP
        .SH SYNOPSIS
        .B stanzahook
        .I COMMAND
        .RI [ FLAGS ]
        .SH DESCRIPTION
        Stanzahook is a gateway between XMPP and a webhook. It connects to an XMPP server as an external component (XEP-0114),
        POSTs each message to a URL as JSON, and sends the HTTP response back as the reply.
        .SH COMMANDS
        """
            .formatted(escaped(version)));
    for (Command command : commands) {
      String words = command.words().isEmpty() ? "" : " " + command.words();
      page.append(
          ".TP\n.B %s\n%s\n".formatted(escaped(command.name() + words), text(command.summary())));
    }
    page.append(".TP\n.B help\nShows help, or the flags of a command.\n");
    for (Command command : commands) {
      if (!command.options().isEmpty() && !command.options().equals(RunOptions.ALL)) {
        page.append(
            ".SH FLAGS OF %s\n".formatted(escaped(command.name().toUpperCase(Locale.ROOT))));
        command.options().forEach(option -> append(page, option));
      }
      if (command.name().equals("run")) {
        page.append(
            """
            .SH FLAGS OF RUN AND CHECK
            Each flag is also an environment variable
            .RB ( \\-\\-post\\-url
            is
            .BR STANZAHOOK_POST_URL )
            and a key of the file that
            .B \\-\\-config
            names, see
            .BR stanzahook.yaml (5).
            A flag overrides the environment, and the environment overrides the file.
            """);
        RunOptions.ALL.forEach(option -> append(page, option));
      }
    }
    page.append(
        """
        .SH SIGNALS
        .TP
        .BR SIGTERM ", " SIGINT
        Accepts no more stanzas, lets deliveries in flight finish
        .RB ( \\-\\-drain\\-timeout ),
        and ends.
        .TP
        .B SIGHUP
        Reads the configuration again.
        .SH EXIT STATUS
        .TP
        .B 0
        Stopped by a signal.
        .TP
        .B 1
        Anything else: for example, a port or a spool is in use.
        .TP
        .B 2
        Wrong usage or configuration.
        .TP
        .B 3
        The server refused the component for good.
        .SH SEE ALSO
        .BR stanzahook.yaml (5),
        .BR prosody (8)
        """);
    return page.toString();
  }

  private static void append(StringBuilder page, Option option) {
    page.append(".TP\n.B %s\n%s.\n".formatted(escaped(option.usage()), text(option.meaning())));
    appendDefault(page, option);
  }

  private static void appendDefault(StringBuilder page, Option option) {
    page.append(
        option.fallback() == null
            ? "Default: %s.\n".formatted(text(option.absent()))
            : "Default:\n.BR %s .\n".formatted(quoted(option.fallback())));
  }

  /** stanzahook.yaml(5). */
  String file() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        .TH STANZAHOOK.YAML 5 "" "stanzahook %s" "File Formats"
        .SH NAME
        stanzahook.yaml \\- configuration of stanzahook
        .SH DESCRIPTION
        .B /etc/stanzahook/stanzahook.yaml
        is the file that the service reads. It is YAML: each key is a setting of
        .BR stanzahook (1).
        After a change, check the file with
        .B stanzahook check \\-\\-config FILE
        and apply it with
        .BR "systemctl reload stanzahook" .
        A key marked with
        .I restart
        needs a restart of the component, which the reload does by itself, or of the process, which the log says.
        .PP
        In values, ${NAME} stands for an environment variable, and $$ for a dollar sign. Durations are written as 500ms, 30s, 5m or
        72h, sizes in bytes or with KiB, MiB or GiB. Several components share one process with the key
        .BR components ,
        a list whose entries may have the keys of the scope
        .IR component .
        .SH KEYS
        """
            .formatted(escaped(version)));
    for (Option option : RunOptions.ALL) {
      if (option.inFile()) {
        page.append(
            ".TP\n.BR %s \" (%s%s)\"\n%s.\nValue: %s.\n"
                .formatted(
                    quoted(option.key()),
                    option.scope().name().toLowerCase(Locale.ROOT),
                    option.isLive() ? "" : ", restart",
                    text(option.meaning()),
                    text(option.isSwitch() ? "true|false" : option.placeholder())));
        appendDefault(page, option);
      }
    }
    page.append(
        """
        .SH EXAMPLE
        .nf
        server: localhost:5347
        component: bot.example.org
        secret_file: /etc/stanzahook/secret
        post_url: http://localhost:8080/
        .fi
        .SH SEE ALSO
        .BR stanzahook (1)
        """);
    return page.toString();
  }

  /** Markdown as running text; a line must not begin with a request of troff's. */
  private static String text(String markdown) {
    String plain = escaped(markdown.replace("`", ""));
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }

  private static String quoted(String text) {
    return '"' + escaped(text).replace("\"", "\\(dq") + '"';
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("\u2026", "...")
        .replace("~", "\\(ti")
        .replace("^", "\\(ha");
  }
}
