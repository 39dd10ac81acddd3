package io.stanzahook.app.admin;

import io.stanzahook.app.console.Chat;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the console shows and does besides the gateways. Any thread may call it.
 *
 * @param certificates those that expire soon, or have expired
 * @param needRestart keys of settings that were changed in the configuration and need a restart
 * @param unread when the configuration file was changed, if it was not read since; null if it was
 * @param shown replaces the address of an endpoint in a line that is shown: the sandbox has a proxy
 *     in front of the webhook, and users know only the webhook
 * @param chat of a sandbox; null elsewhere
 */
public record Workbench(
    Supplier<List<Expiring>> certificates,
    Supplier<List<String>> needRestart,
    Supplier<@Nullable Instant> unread,
    UnaryOperator<String> shown,
    @Nullable Chat chat) {
  /** Nothing besides the gateways. */
  public static Workbench none() {
    return new Workbench(List::of, List::of, () -> null, UnaryOperator.identity(), null);
  }

  /**
   * A certificate that expires soon, or has expired.
   *
   * @param component the component that uses it; empty for the process
   * @param flag the flag that names its file
   */
  public record Expiring(String component, String flag, Instant at) {}
}
