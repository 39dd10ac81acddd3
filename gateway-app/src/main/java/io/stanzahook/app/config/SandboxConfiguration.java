package io.stanzahook.app.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the sandbox was called with: the settings of {@code run}, with its own server. */
public final class SandboxConfiguration {
  /** The component's domain in the sandbox. */
  public static final String COMPONENT = "component.localhost";

  private static final Source SANDBOX = new Source(Source.Layer.FLAG, "the sandbox");

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
      Map<Option<?>, Given> flags,
      List<String> flagProblems,
      Map<String, String> environment,
      String secret,
      String version)
      throws ConfigurationException {
    Problems problems = new Problems();
    flagProblems.forEach(problems::add);
    Map<String, String> known = known(environment);
    OptionValues own = OptionValues.read(SandboxOptions.ALL, flags, known, problems);
    SandboxSettings.Load load = load(own, problems);
    problems.throwIfAny();
    boolean ownWebhook = own.source(SandboxOptions.POST_URL) == null;

    Map<Option<?>, Given> complete = new LinkedHashMap<>();
    for (Map.Entry<Option<?>, Given> flag : flags.entrySet()) {
      complete.put(ofRun(flag.getKey()), flag.getValue());
    }
    give(complete, RunOptions.SERVER, "127.0.0.1:1");
    give(complete, RunOptions.COMPONENT, COMPONENT);
    give(complete, RunOptions.SECRET, secret);
    // Who tries a bot wants to see its errors, not the same call once more.
    give(complete, RunOptions.RETRY_FOR, "0s");
    give(complete, ConsoleOptions.DELIVERY_LOG_BODIES, "true");
    if (ownWebhook) {
      give(complete, RunOptions.POST_URL, "http://127.0.0.1/");
    }
    complete.keySet().retainAll(RunOptions.ALL);
    AppSettings app = Configuration.read(complete, List.of(), known, version);
    return new SandboxSettings(
        own.all(SandboxOptions.MESSAGE),
        load,
        ownWebhook,
        own.get(SandboxOptions.HTTP_LISTEN),
        app);
  }

  private static SandboxSettings.@Nullable Load load(OptionValues own, Problems problems) {
    boolean given = own.source(SandboxOptions.LOAD) != null;
    if (given && own.source(SandboxOptions.MESSAGE) != null) {
      problems.add("--load and --message exclude each other");
    }
    if (!given && own.source(SandboxOptions.RATE) != null) {
      problems.add("--rate is for --load: say with --load how many messages to send");
    }
    Integer count = own.find(SandboxOptions.LOAD);
    Integer rate = own.find(SandboxOptions.RATE);
    return count == null || rate == null ? null : new SandboxSettings.Load(count, rate);
  }

  /** Without the variables that only {@code run} has: the sandbox is none of their business. */
  private static Map<String, String> known(Map<String, String> environment) {
    Map<String, String> known = new HashMap<>();
    for (Option<?> option : SandboxOptions.ALL) {
      String value = environment.get(option.variable());
      if (value != null) {
        known.put(option.variable(), value);
      }
    }
    return known;
  }

  private static Option<?> ofRun(Option<?> option) {
    if (option.equals(SandboxOptions.POST_URL)) {
      return RunOptions.POST_URL;
    }
    return option.equals(SandboxOptions.HTTP_LISTEN) ? ProcessOptions.HTTP_LISTEN : option;
  }

  private static void give(Map<Option<?>, Given> flags, Option<?> option, String text) {
    flags.put(option, new Given(SANDBOX, List.of(text)));
  }
}
