package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import io.stanzahook.app.config.ApiCredentials;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be changed through the server, and who may.
 *
 * @param credentials null where nobody may
 * @param gateway the gateway that runs; null before it does
 */
public record Administration(
    @Nullable ApiCredentials credentials, Supplier<@Nullable Gateway> gateway) {
  /** Nobody may change anything. */
  public static final Administration NONE = new Administration(null, () -> null);
}
