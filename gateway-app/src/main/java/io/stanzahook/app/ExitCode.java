package io.stanzahook.app;

/** How the program ends: a contract with scripts and service managers. */
enum ExitCode {
  /** Ended as asked. */
  ENDED(0),
  /** Anything that has no code of its own. */
  FAILED(1),
  /** Bad usage or configuration. */
  USAGE(2),
  /** The server refused the component for good. */
  REFUSED(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
