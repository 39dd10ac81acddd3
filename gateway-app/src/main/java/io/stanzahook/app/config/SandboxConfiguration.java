package io.stanzahook.app.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what the sandbox was called with: the settings of {@code run}, with its own server. */
public final class SandboxConfiguration {
  private static final Source SANDBOX = new Source(Source.Layer.DEFAULT, "the sandbox");

  private SandboxConfiguration() {}

  /**
   * Reads flags and environment; there is no file.
   *
   * @param flags what the command line gave
   * @param flagProblems what was wrong with the command line itself, reported with the rest
   * @param secret what the component and the sandbox's server share
   * @param version of the program: told to webhooks
   * @throws ConfigurationException with all problems there are
   */
  public static SandboxSettings read(
      Map<String, Given> flags,
      List<String> flagProblems,
      Map<String, String> environment,
      String secret,
      String version)
      throws ConfigurationException {
    Problems problems = new Problems();
    flagProblems.forEach(problems::add);
    Map<String, Given> given =
        new LinkedHashMap<>(Environment.read(environment, SandboxOptions.VARIABLES));
    given.putAll(flags);
    OptionValues own = OptionValues.parse(SandboxOptions.OWN, given, problems);
    InVain inVain = new InVain();
    own.complete(SandboxOptions.OWN, null, problems, inVain);
    inVain.report(1, problems);
    if (own.source("load") != null && own.source("message") != null) {
      problems.add("--load and --message exclude each other");
    }
    boolean ownWebhook = !given.containsKey("post-url");
    SandboxOptions.DEFAULTS.forEach((name, text) -> giveDefault(given, name, text));
    giveDefault(given, "post-url", "http://127.0.0.1/");
    giveDefault(given, "server", "127.0.0.1:1");
    giveDefault(given, "secret", secret);
    giveDefault(given, "delivery-log-bodies", "true");
    AppSettings app = Configuration.read(given, problems, version);
    return Binder.make(SandboxSettings.class, own, Map.of("ownWebhook", ownWebhook, "app", app));
  }

  private static void giveDefault(Map<String, Given> given, String name, String text) {
    given.putIfAbsent(name, new Given(SANDBOX, List.of(text)));
  }
}
