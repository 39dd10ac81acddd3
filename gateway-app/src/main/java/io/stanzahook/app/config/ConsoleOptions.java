package io.stanzahook.app.config;

/** Those of the {@link RunOptions} that are about the console. */
final class ConsoleOptions {
  private static final int MOST = 10_000;

  static final Option<Integer> DELIVERY_LOG =
      Option.of(
              "delivery-log",
              "N",
              "200",
              ValueParsers.number(0, MOST),
              "the last deliveries that the console and `/admin/deliveries` show; 0: none")
          .ofProcess();

  static final Option<Boolean> DELIVERY_LOG_BODIES =
      Option.switchedOff(
              "delivery-log-bodies",
              "shows there what stanzas, replies and refused responses hold, too")
          .ofProcess();

  private ConsoleOptions() {}
}
