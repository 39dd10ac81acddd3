package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.GeneratedPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * docs/flags.md and the table in README.md are what {@link RunOptions} declares. To write them
 * anew: {@code mvn -pl gateway-app -am test -Dtest=FlagDocsTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true}.
 */
class FlagDocsTest {
  // Tests run in the module's directory.
  private static final Path FILE = Path.of("..", "docs", "flags.md");
  private static final Path README = Path.of("..", "README.md");

  @Test
  void thePageIsGeneratedFromTheOptions() throws IOException {
    String page = render();
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, page);
    }
    assertThat(FILE).hasContent(page);
  }

  @Test
  void theTableInTheReadmeIsGeneratedFromTheOptions() throws IOException {
    StringBuilder table = new StringBuilder("| flag | default | meaning |\n|---|---|---|\n");
    for (Option<?> option : RunOptions.ALL) {
      table.append(
          "| %s | %s | %s |\n".formatted(flag(option), fallback(option), option.meaning()));
    }
    GeneratedPart.check(README, "flags", table.toString());
  }

  @Test
  void everyNameIsUnique() {
    assertThat(RunOptions.ALL).extracting(Option::name).doesNotHaveDuplicates();
  }

  @Test
  void everyDefaultIsOfItsOwnForm() throws Exception {
    for (Option<?> option : RunOptions.ALL) {
      String fallback = option.fallback();
      if (fallback != null) {
        assertThat(option.parser().parse(fallback)).as(option.flag()).isNotNull();
      } else {
        assertThat(option.absent()).as(option.flag()).isNotEmpty();
      }
    }
  }

  private static String render() {
    StringBuilder page =
        new StringBuilder(
            """
            # Flags, environment, file

            <!-- Generated from RunOptions.java by FlagDocsTest: change it there. -->

            `run` and `check` take these. Each is a flag, an environment variable, and a key of the YAML file given with
            `--config`. A flag beats the environment, the environment beats the file. Where the file has a list of
            [components](components.md), an entry may have the keys that are of a `component`, and beats them all; those of
            the `process` stand at the top of the file.

            | flag | variable | key | of | default | meaning |
            |---|---|---|---|---|---|
            """);
    for (Option<?> option : RunOptions.ALL) {
      page.append(
          "| %s | `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  flag(option),
                  option.variable(),
                  option.inFile() ? "`" + option.key() + "`" : "",
                  option.scope().name().toLowerCase(Locale.ROOT),
                  fallback(option),
                  option.meaning()));
    }
    page.append(
        """

        Durations: `500ms`, `30s`, `5m`, `72h`. Sizes: bytes, or with `KiB`, `MiB` or `GiB`.

        - Keys may be written with hyphens too: `post-url`. An unknown key is an error; an unknown variable that begins
          with `STANZAHOOK_` is a warning. A variable that is set to nothing counts as not set.
        - `--post-header` is given once for each header. In its variable each header has a line of its own; in the file
          they are a list of `'Name: value'`, or a mapping. The strongest place gives all of them: they do not add up.
        - The file may write `post_stanzas` as a list.
        - `--tls` needs no value. To turn off what the environment or the file turns on: `--tls=false`, and the other
          `--tls-…` settings of weaker places are then left aside. Without `--tls` they are an error.
        - `--secret` and `--secret-file` exclude each other where given in the same place; else the stronger place counts.
        - `--signing-secret-file`: how to make one, how to verify, and how to change it: [signatures.md](signatures.md).
        - `--post-url-iq` and the like, and `--filters`, which is a list of mappings in the file: [filters.md](filters.md).
        - `--receipts`, `--composing`: to whom, and when: [receipts.md](receipts.md).
        - `--spool-limit` and `--dead-letters` without `--spool` are an error. What a spool is: [running.md](running.md).
        - `components`, a list, is a key of the file only: [components.md](components.md).
        - All problems are reported at once, one line each, with the place where the value was given.

        ```yaml
        server: xmpp.example.org:5347
        component: bot.example.org
        secret_file: /run/secrets/component
        post_url: http://localhost:8080/{kind}
        post_stanzas: [message, iq]
        post_header:
          Authorization: Bearer 5up3rT0ken
        concurrency: 64
        ```

        ## Exit codes

        | code | when |
        |---|---|
        | 0 | ended as asked: SIGTERM or SIGINT, after what was in flight ended |
        | 1 | anything else: a port or a spool in use, a transport that does not work here, a server or webhook that `check` cannot reach, a second signal while ending |
        | 2 | bad usage or configuration |
        | 3 | the server refused the component for good; of several, when none is left |
        """);
    return page.toString();
  }

  private static String flag(Option<?> option) {
    return "`" + option.usage().replace("|", "\\|") + "`";
  }

  private static String fallback(Option<?> option) {
    String fallback = option.fallback();
    return fallback == null ? option.absent() : "`" + fallback + "`";
  }
}
