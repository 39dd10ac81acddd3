package io.stanzahook.app;

/**
 * What {@code check} found of one thing.
 *
 * @param subject what was tried
 * @param result how it went
 * @param detail one line: what is there, or what is wrong and what to do
 */
record Finding(String subject, Result result, String detail) {

  /** How a trial went. */
  enum Result {
    OK("ok"),
    FAILED("FAILED"),
    /** The server said no for good: another exit code. */
    REFUSED("FAILED"),
    /** Not tried, since something it needs failed. */
    SKIPPED("not tried");

    private final String word;

    Result(String word) {
      this.word = word;
    }
  }

  /** The line that is printed. */
  String line() {
    return "%-14s %s: %s".formatted(subject, result.word, detail.replaceAll("\\s*\\R\\s*", "; "));
  }
}
