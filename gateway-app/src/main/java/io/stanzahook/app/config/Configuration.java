package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.webhook.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes settings of flags, environment and file. */
public final class Configuration {
  private Configuration() {}

  /** What the operator should know of the environment, one line each. */
  public static List<String> warnings(Map<String, String> environment) {
    return Environment.unknown(environment, RunOptions.ALL);
  }

  /**
   * Reads flags, environment and file, and the files that they name.
   *
   * @param flags what the command line gave
   * @param flagProblems what was wrong with the command line itself, reported with the rest
   * @param version of the program: told to webhooks and to whoever asks (XEP-0092)
   * @throws ConfigurationException with all problems there are
   */
  public static AppSettings read(
      Map<Option<?>, Given> flags,
      List<String> flagProblems,
      Map<String, String> environment,
      String version)
      throws ConfigurationException {
    return read(flags, flagProblems, environment, version, warning -> {});
  }

  /**
   * As the other.
   *
   * @param warnings is given a line for each thing that should be known: files with secrets that
   *     others can read
   */
  public static AppSettings read(
      Map<Option<?>, Given> flags,
      List<String> flagProblems,
      Map<String, String> environment,
      String version,
      Consumer<String> warnings)
      throws ConfigurationException {
    Problems problems = new Problems(warnings);
    flagProblems.forEach(problems::add);
    GivenValues given = GivenValues.read(RunOptions.ALL, flags, environment, problems);
    OptionValues process = OptionValues.of(RunOptions.ALL, given.top(), problems);
    List<ComponentValues> components = components(given, problems);
    ApiCredentials credentials = ApiCredentials.read(process, domains(components), problems);
    Tracing tracing = TraceValues.read(process, problems);
    HookSettings hooks = HookSettings.read(process, problems);
    problems.throwIfAny();
    List<GatewaySettings> gateways = new ArrayList<>();
    for (ComponentValues component : components) {
      try {
        gateways.add(component.settings(tracing, version));
      } catch (IllegalArgumentException e) {
        // A setting that the engine itself refuses; its message names it.
        problems.add(component.where() + e.getMessage());
      }
    }
    problems.throwIfAny();
    return new AppSettings(
        gateways,
        process.get(ProcessOptions.HTTP_LISTEN),
        credentials,
        process.get(ProcessOptions.API_RATE),
        hooks,
        process.get(ConsoleOptions.DELIVERY_LOG),
        process.get(ConsoleOptions.DELIVERY_LOG_BODIES),
        process.get(ProcessOptions.TRANSPORT),
        process.get(ProcessOptions.DRAIN_TIMEOUT),
        process.get(ProcessOptions.LOG_FORMAT),
        tracing,
        process.find(TraceOptions.TRACE_ENDPOINT));
  }

  /** Of all components; null where not all are known, which is a problem of its own. */
  private static @Nullable List<String> domains(List<ComponentValues> components) {
    List<String> domains = new ArrayList<>();
    for (ComponentValues component : components) {
      String domain = component.domain();
      if (domain == null) {
        return null;
      }
      domains.add(domain);
    }
    return domains.isEmpty() ? null : domains;
  }

  private static List<ComponentValues> components(GivenValues given, Problems problems) {
    List<ComponentEntry> entries = given.components();
    List<Map<Option<?>, Given>> own = given.ofComponents();
    InVain inVain = new InVain();
    Unique unique = new Unique(problems);
    List<ComponentValues> components = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      String place = entries == null ? null : entries.get(i).place();
      ComponentValues values = ComponentValues.read(own.get(i), place, problems, inVain);
      unique.add(values);
      components.add(values);
    }
    inVain.report(own.size(), problems);
    return components;
  }
}
