package io.stanzahook.app;

import io.stanzahook.app.logging.Flags;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code check} found of one thing.
 *
 * @param subject what was tried
 * @param result how it went
 * @param detail one line: what is there, or what is wrong and what to do
 * @param hints lines of other programs' configuration that mend it
 */
record Finding(String subject, Result result, String detail, List<String> hints) {

  Finding {
    // What the engine says names settings; people know them as flags.
    detail = Flags.named(detail);
    hints = hints.stream().map(Flags::named).toList();
  }

  Finding(String subject, Result result, String detail) {
    this(subject, result, detail, List.of());
  }

  /** How a trial went. */
  enum Result {
    OK("ok"),
    FAILED("FAILED"),
    /** It may be wrong, and from outside nobody can say. */
    DOUBTFUL("look"),
    /** The server said no for good: another exit code. */
    REFUSED("FAILED"),
    /** Not tried, since something it needs failed. */
    SKIPPED("not tried");

    private final String word;

    Result(String word) {
      this.word = word;
    }
  }

  /** The lines that are printed. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-14s %s: %s".formatted(subject, result.word, detail.replaceAll("\\s*\\R\\s*", "; ")));
    hints.forEach(hint -> lines.add(" ".repeat(17) + hint));
    return lines;
  }
}
