package io.stanzahook.app.config;

import io.stanzahook.settings.Settings;
import java.util.LinkedHashMap;
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
          // In the sandbox, one wants to see the bot's errors, not another call.
          "retry-for",
          "0s");

  /** Those of {@code run}, some with another default. */
  static final List<Option> SHARED =
      RunOptions.ALL.stream()
          .filter(option -> option.said().inSandbox())
          .map(SandboxOptions::ofSandbox)
          .toList();

  /** All, in the order of help. */
  public static final List<Option> ALL = Option.all(OWN, SHARED);

  /**
   * Those that are also variables. The domain in the environment belongs to a gateway, not to the
   * sandbox.
   */
  public static final List<Option> VARIABLES =
      ALL.stream().filter(option -> !option.name().equals("component")).toList();

  private SandboxOptions() {}

  /**
   * Reads flags and environment; there is no file.
   *
   * @param secret the secret of the component and the sandbox's server
   * @param version of the program, for webhooks
   * @throws ConfigurationException with all problems
   */
  public static SandboxSettings read(
      CommandLineFlags flags, Map<String, String> environment, String secret, String version)
      throws ConfigurationException {
    Problems problems = new Problems();
    Map<String, Given> given = flags.over(environment, VARIABLES, problems);
    OptionValues own = new OptionValues(OWN, given, problems);
    own.complete(OWN, null);
    problems.reportUseless(1);
    if (own.source("load") != null && own.source("message") != null) {
      problems.add("--load and --message exclude each other");
    }
    boolean ownWebhook = !given.containsKey("post-url");
    Map<String, String> usual = new LinkedHashMap<>(DEFAULTS);
    usual.put("post-url", "http://127.0.0.1/");
    usual.put("server", "127.0.0.1:1");
    usual.put("secret", secret);
    usual.put("delivery-log-bodies", "true");
    Source sandbox = new Source(Source.Layer.DEFAULT, "the sandbox");
    usual.forEach((name, text) -> given.putIfAbsent(name, new Given(sandbox, List.of(text))));
    own.put("ownWebhook", ownWebhook);
    own.put("app", Configuration.read(given, environment, problems, version));
    return Settings.make(SandboxSettings.class, own.all());
  }

  private static Option ofSandbox(Option option) {
    if (option.name().equals("post-url")) {
      return option.by(null, "an echo webhook of the sandbox's own");
    }
    String other = DEFAULTS.get(option.name());
    return other == null ? option : option.by(other, "");
  }
}
