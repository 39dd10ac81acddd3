package io.stanzahook.app.api;

import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.SendSpans;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What callers may do through the server, and who may do it.
 *
 * @param credentials as they are now; null if nobody may
 * @param hookSecrets as they are now; null if there are none
 * @param ratePerSecond the maximum number of sending requests of one of them
 * @param hooks what other programs may post
 * @param gateways those that run
 * @param reloading reads the configuration again
 * @param deliveries the last deliveries; null if none are kept
 * @param spans is informed of requests that belong to a caller's trace
 * @param workbench what the console shows and does besides the gateways
 */
public record Administration(
    Supplier<@Nullable ApiCredentials> credentials,
    Supplier<@Nullable HookSecrets> hookSecrets,
    int ratePerSecond,
    HookSettings hooks,
    Gateways gateways,
    Reloading reloading,
    @Nullable RecentDeliveries deliveries,
    SendSpans spans,
    Workbench workbench) {
  /** Nobody may change anything. */
  public static Administration none() {
    return new Administration(
        () -> null,
        () -> null,
        1,
        HookSettings.usual(),
        Gateways.NONE,
        Reloading.NONE,
        null,
        SendSpans.NONE,
        Workbench.none());
  }
}
