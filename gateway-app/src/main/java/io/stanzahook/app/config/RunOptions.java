package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import java.util.List;

/** The options of {@code run}, and of {@code check}, which tries what {@code run} would do. */
public final class RunOptions {
  /** Of each component. */
  static final List<Option> COMPONENT = Option.of(GatewaySettings.class, Option.Scope.COMPONENT);

  /** Of the process. */
  static final List<Option> PROCESS = Option.of(AppSettings.class, Option.Scope.PROCESS);

  /** All, in the order of the documentation. */
  public static final List<Option> ALL = Option.all(COMPONENT, PROCESS);

  private RunOptions() {}
}
