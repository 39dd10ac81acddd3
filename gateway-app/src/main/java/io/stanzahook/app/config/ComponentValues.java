package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.Tuning;
import io.stanzahook.component.ComponentSettings;
import io.stanzahook.component.TlsSettings;
import io.stanzahook.dispatch.Concurrency;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.dispatch.FlowSettings;
import io.stanzahook.dispatch.RetrySettings;
import io.stanzahook.local.Filters;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.SigningKeys;
import io.stanzahook.webhook.Tracing;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.wire.WireLimits;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one component's settings are made of, its files read. */
final class ComponentValues {
  private final OptionValues values;
  private final @Nullable String place;
  private final @Nullable String secret;
  private final @Nullable TlsSettings tls;
  private final @Nullable SigningKeys signing;
  private final Map<StanzaKind, String> kindUrls;
  private final Filters filters;

  private ComponentValues(
      OptionValues values,
      @Nullable String place,
      @Nullable String secret,
      @Nullable TlsSettings tls,
      @Nullable SigningKeys signing,
      Map<StanzaKind, String> kindUrls,
      Filters filters) {
    this.values = values;
    this.place = place;
    this.secret = secret;
    this.tls = tls;
    this.signing = signing;
    this.kindUrls = kindUrls;
    this.filters = filters;
  }

  /**
   * Reads them.
   *
   * @param given what holds for the component
   * @param place of its entry in the file; null where there is no list of components
   * @param problems where everything that is wrong is noted
   * @param inVain where everything that does nothing is noted
   */
  static ComponentValues read(
      Map<Option<?>, Given> given, @Nullable String place, Problems problems, InVain inVain) {
    OptionValues values = OptionValues.of(RunOptions.ALL, given, problems);
    for (Option<?> option : RunOptions.ALL) {
      require(option, values, place, problems);
    }
    ComponentValues read =
        new ComponentValues(
            values,
            place,
            SharedSecret.read(values, where(place), problems),
            TlsFiles.read(values, problems, inVain),
            SigningSecrets.read(values, problems),
            KindUrls.read(values, inVain),
            FilterOptions.read(values, problems));
    SpoolValues.check(values, inVain);
    return read;
  }

  private static void require(
      Option<?> option, OptionValues values, @Nullable String place, Problems problems) {
    if (option.absent().equals(Option.REQUIRED) && values.source(option) == null) {
      problems.add(
          place == null
              ? "%s is required (or %s, or '%s' in the --config file)"
                  .formatted(option.flag(), option.variable(), option.key())
              : "%s: %s is required".formatted(place, option.key()));
    }
  }

  private static String where(@Nullable String place) {
    return place == null ? "" : place + ": ";
  }

  /** How its problems begin: with its entry, where there is a list of them. */
  String where() {
    return where(place);
  }

  /** Its domain; null where it has none. */
  @Nullable String domain() {
    return values.find(RunOptions.COMPONENT);
  }

  /** Where its messages are kept; null for nowhere. */
  @Nullable SpoolSettings spool() {
    return domain() == null ? null : SpoolValues.read(values, place != null);
  }

  /**
   * The settings. Not to be called where a problem was noted.
   *
   * @throws IllegalArgumentException naming a setting that the engine refuses
   */
  GatewaySettings settings(Tracing tracing, String version) {
    String domain = values.get(RunOptions.COMPONENT);
    HostPort server = values.get(RunOptions.SERVER);
    Tuning tuning =
        new Tuning(
            new FlowSettings(
                values.get(RunOptions.CONCURRENCY),
                values.get(RunOptions.QUEUE),
                values.get(RunOptions.OVERLOAD),
                values.get(BrakeOptions.ANSWERS_PER_MINUTE)),
            values.get(RunOptions.TIMEOUT),
            SpoolValues.retryFor(values));
    ComponentSettings component =
        new ComponentSettings(
            server.host(),
            server.port(),
            domain,
            Objects.requireNonNull(secret),
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
            GatewaySettings.maxPendingAge(spool(), tuning.retryFor()));
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
            tracing,
            kindUrls);
    DispatchSettings dispatch =
        new DispatchSettings(
            domain,
            values.get(RunOptions.POST_STANZAS),
            tuning.flow(),
            values.get(RunOptions.ORDER),
            values.get(RunOptions.QUEUE_TIMEOUT),
            values.get(RunOptions.IQ_TIMEOUT),
            new RetrySettings(tuning.retryFor(), values.get(RunOptions.RETRY_STATUSES)),
            NoticeOptions.read(values));
    return new GatewaySettings(
        component,
        webhook,
        dispatch,
        new LocalSettings(
                domain, LocalSettings.DEFAULT_NAME, version, values.get(RunOptions.POST_STANZAS))
            .withFilters(filters),
        spool());
  }
}
