package io.stanzahook.app.http;

import io.stanzahook.app.config.ApiCredentials;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.console.RecentDeliveries;
import org.jspecify.annotations.Nullable;

/**
 * What may be changed through the server, and who may.
 *
 * @param credentials null where nobody may
 * @param ratePerSecond requests of one of them to send something, at most
 * @param hooks what other programs may post
 * @param gateways those that run
 * @param deliveries the last deliveries, to be looked at; null where none are kept
 * @param spans told of requests that belong to somebody's trace
 */
public record Administration(
    @Nullable ApiCredentials credentials,
    int ratePerSecond,
    HookSettings hooks,
    Gateways gateways,
    @Nullable RecentDeliveries deliveries,
    SendSpans spans) {
  /** Nobody may change anything. */
  public static final Administration NONE =
      new Administration(null, 1, HookSettings.DEFAULT, Gateways.NONE, null, SendSpans.NONE);
}
