package io.stanzahook;

import io.stanzahook.component.ComponentSettings;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.webhook.Tracing;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that one component's gateway needs to know.
 *
 * @param spool where messages are kept until they are delivered; null for nowhere
 */
public record GatewaySettings(
    ComponentSettings component,
    WebhookSettings webhook,
    DispatchSettings dispatch,
    LocalSettings local,
    @Nullable SpoolSettings spool) {

  /** Without a spool. */
  public GatewaySettings(
      ComponentSettings component,
      WebhookSettings webhook,
      DispatchSettings dispatch,
      LocalSettings local) {
    this(component, webhook, dispatch, local, null);
  }

  /** What of them may be changed while the gateway runs. */
  public Tuning tuning() {
    return new Tuning(dispatch.flow(), webhook.timeout(), dispatch.retry().retryFor());
  }

  /** These, changed as far as that is possible while the gateway runs. */
  public GatewaySettings with(Tuning tuning) {
    return new GatewaySettings(
        component.withPending(tuning.maxPending(), maxPendingAge(spool, tuning.retryFor())),
        webhook.withTimeout(tuning.timeout()),
        dispatch
            .withFlow(tuning.flow())
            .withRetry(dispatch.retry().withRetryFor(tuning.retryFor())),
        local,
        spool);
  }

  /** These, with requests that belong to such traces. */
  public GatewaySettings with(Tracing tracing) {
    return new GatewaySettings(component, webhook.withTracing(tracing), dispatch, local, spool);
  }

  /**
   * How long a reply waits for the stream: with a spool, as long as its message would be tried.
   *
   * @param spool null where there is none
   */
  public static Duration maxPendingAge(@Nullable SpoolSettings spool, Duration retryFor) {
    Duration usual = ComponentSettings.DEFAULT_MAX_PENDING_AGE;
    return spool != null && retryFor.compareTo(usual) > 0 ? retryFor : usual;
  }
}
