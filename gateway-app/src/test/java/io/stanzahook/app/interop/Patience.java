package io.stanzahook.app.interop;

import java.time.Duration;

/**
 * How long tests wait for what should come. Only what never comes costs it: a time-out here says
 * that something is broken, never that a machine is busy.
 */
final class Patience {
  /** For an answer, a start or an end of another program, whatever else the machine is doing. */
  static final Duration LONG = Duration.ofMinutes(3);

  private Patience() {}
}
