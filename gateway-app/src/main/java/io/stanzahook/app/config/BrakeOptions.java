package io.stanzahook.app.config;

import io.stanzahook.dispatch.FlowSettings;

/** Those of the {@link RunOptions} that slow down bots that answer each other. */
final class BrakeOptions {
  static final Option<Integer> ANSWERS_PER_MINUTE =
      Option.of(
          "answers-per-minute",
          "N",
          "0",
          ValueParsers.number(0, FlowSettings.MOST_ANSWERS),
          "answers in one conversation that leave within a minute, against two bots that answer"
              + " each other for ever; more wait until the minute is over, those to an iq never;"
              + " `0`: as many as come");

  private BrakeOptions() {}
}
