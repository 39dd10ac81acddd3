package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.Tuning;
import io.stanzahook.component.ComponentSettings;
import io.stanzahook.component.TlsSettings;
import io.stanzahook.dispatch.Concurrency;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.dispatch.FlowSettings;
import io.stanzahook.dispatch.RetrySettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.webhook.SigningKeys;
import io.stanzahook.webhook.Tracing;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.wire.WireLimits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes settings of flags, environment and file. */
public final class Configuration {
  private Configuration() {}

  /** What the operator should know of the environment, one line each. */
  public static List<String> warnings(Map<String, String> environment) {
    return Environment.unknown(environment, RunOptions.ALL);
  }

  /**
   * Reads flags, environment and file.
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
    Problems problems = new Problems();
    flagProblems.forEach(problems::add);
    OptionValues values = OptionValues.read(RunOptions.ALL, flags, environment, problems);
    for (Option<?> option : RunOptions.ALL) {
      require(option, values, problems);
    }
    String secret = SharedSecret.read(values, problems);
    TlsSettings tls = TlsFiles.read(values, problems);
    ApiCredentials credentials = ApiCredentials.read(values, problems);
    SigningKeys signing = SigningSecrets.read(values, problems);
    SpoolValues.check(values, problems);
    Tracing tracing = TraceValues.read(values, problems);
    HookSettings hooks = HookSettings.read(values, problems);
    problems.throwIfAny();
    try {
      return settings(
          values,
          Objects.requireNonNull(secret),
          tls,
          signing,
          tracing,
          credentials,
          hooks,
          version);
    } catch (IllegalArgumentException e) {
      // A setting that the engine itself refuses; its message names it.
      throw new ConfigurationException(List.of(String.valueOf(e.getMessage())));
    }
  }

  private static void require(Option<?> option, OptionValues values, Problems problems) {
    if (option.absent().equals(Option.REQUIRED) && values.source(option) == null) {
      problems.add(
          "%s is required (or %s, or '%s' in the --config file)"
              .formatted(option.flag(), option.variable(), option.key()));
    }
  }

  private static AppSettings settings(
      OptionValues values,
      String secret,
      @Nullable TlsSettings tls,
      @Nullable SigningKeys signing,
      Tracing tracing,
      @Nullable ApiCredentials credentials,
      HookSettings hooks,
      String version) {
    String domain = values.get(RunOptions.COMPONENT);
    HostPort server = values.get(RunOptions.SERVER);
    Tuning tuning =
        new Tuning(
            new FlowSettings(
                values.get(RunOptions.CONCURRENCY),
                values.get(RunOptions.QUEUE),
                values.get(RunOptions.OVERLOAD)),
            values.get(RunOptions.TIMEOUT),
            SpoolValues.retryFor(values));
    ComponentSettings component =
        new ComponentSettings(
            server.host(),
            server.port(),
            domain,
            secret,
            tls,
            WireLimits.of(
                values.get(RunOptions.MAX_STANZA),
                values.get(RunOptions.MAX_DEPTH),
                values.get(RunOptions.MAX_ATTRIBUTES),
                values.get(RunOptions.MAX_TAG),
                values.get(RunOptions.MAX_ELEMENTS)),
            ComponentSettings.DEFAULT_OPEN_TIMEOUT,
            values.get(RunOptions.PING_TIMEOUT),
            tuning.maxPending(),
            SpoolValues.maxPendingAge(values));
    WebhookSettings webhook =
        new WebhookSettings(
            values.get(RunOptions.POST_URL),
            values.all(RunOptions.POST_HEADER),
            tuning.timeout(),
            values.get(RunOptions.MAX_RESPONSE),
            WebhookSettings.DEFAULT_MAX_REPLIES,
            // As many as there could ever be calls: how many there are is for the dispatcher to
            // say.
            WebhookSettings.connectionsFor(Concurrency.MOST),
            "stanzahook/" + version,
            values.get(RunOptions.POST_FORMAT),
            signing,
            tracing);
    DispatchSettings dispatch =
        new DispatchSettings(
            domain,
            values.get(RunOptions.POST_STANZAS),
            tuning.flow(),
            values.get(RunOptions.ORDER),
            values.get(RunOptions.QUEUE_TIMEOUT),
            values.get(RunOptions.IQ_TIMEOUT),
            new RetrySettings(tuning.retryFor(), values.get(RunOptions.RETRY_STATUSES)));
    return new AppSettings(
        new GatewaySettings(
            component,
            webhook,
            dispatch,
            new LocalSettings(
                domain, LocalSettings.DEFAULT_NAME, version, values.get(RunOptions.POST_STANZAS)),
            SpoolValues.read(values)),
        values.get(RunOptions.HTTP_LISTEN),
        credentials,
        values.get(RunOptions.API_RATE),
        hooks,
        values.get(ConsoleOptions.DELIVERY_LOG),
        values.get(ConsoleOptions.DELIVERY_LOG_BODIES),
        values.get(RunOptions.TRANSPORT),
        values.get(RunOptions.DRAIN_TIMEOUT),
        values.get(RunOptions.LOG_FORMAT),
        values.find(RunOptions.TRACE_ENDPOINT));
  }
}
