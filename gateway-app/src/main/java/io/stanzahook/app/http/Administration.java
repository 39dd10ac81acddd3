package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import io.stanzahook.app.config.ApiCredentials;
import io.stanzahook.app.config.HookSettings;
import io.stanzahook.app.console.RecentDeliveries;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be changed through the server, and who may.
 *
 * @param credentials null where nobody may
 * @param ratePerSecond requests of one of them to send something, at most
 * @param hooks what other programs may post
 * @param gateway the gateway that runs; null before it does
 * @param deliveries the last deliveries, to be looked at; null where none are kept
 */
public record Administration(
    @Nullable ApiCredentials credentials,
    int ratePerSecond,
    HookSettings hooks,
    Supplier<@Nullable Gateway> gateway,
    @Nullable RecentDeliveries deliveries) {
  /** Nobody may change anything. */
  public static Administration none() {
    return new Administration(null, 1, HookSettings.usual(), () -> null, null);
  }
}
