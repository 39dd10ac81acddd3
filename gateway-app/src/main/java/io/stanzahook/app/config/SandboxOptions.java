package io.stanzahook.app.config;

import java.util.List;
import java.util.Map;

/** The options of {@code sandbox}: its own, and those of {@code run} that make sense there. */
public final class SandboxOptions {
  /** Only the sandbox has these. */
  static final List<Option> OWN =
      Option.of(SandboxSettings.class, Option.Scope.PROCESS).stream()
          .filter(own -> RunOptions.ALL.stream().noneMatch(run -> run.name().equals(own.name())))
          .toList();

  /** Defaults that differ from those of {@code run}. */
  static final Map<String, String> DEFAULTS =
      Map.of(
          "component",
          "component.localhost",
          "http-listen",
          "127.0.0.1:0",
          // Who tries a bot wants to see its errors, not the same call once more.
          "retry-for",
          "0s");

  /** As in {@code run}, with that default or another. */
  static final List<Option> SHARED =
      RunOptions.ALL.stream()
          .filter(option -> option.said().inSandbox())
          .map(SandboxOptions::ofSandbox)
          .toList();

  /** All, in the order of help. */
  public static final List<Option> ALL = Option.all(OWN, SHARED);

  /** Those that are variables too. A gateway's own domain there is not meant for the sandbox. */
  public static final List<Option> VARIABLES =
      ALL.stream().filter(option -> !option.name().equals("component")).toList();

  private SandboxOptions() {}

  private static Option ofSandbox(Option option) {
    if (option.name().equals("post-url")) {
      return option.by(null, "an echo webhook of the sandbox's own");
    }
    String other = DEFAULTS.get(option.name());
    return other == null ? option : option.by(other, "");
  }
}
