package io.stanzahook.app.admin;


import io.stanzahook.app.console.Chat;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the console shows and does beyond the gateways themselves. Any thread may ask.
 *
 * @param certificates those that expire soon, or have expired
 * @param needRestart keys of settings that were changed in the configuration and need a restart
 * @param shown how an endpoint's address, or a line with it, is shown: a sandbox puts a proxy of
 *     its own before the webhook, which nobody knows
 * @param chat of a sandbox; null elsewhere
 */
public record Workbench(
    Supplier<List<Expiring>> certificates,
    Supplier<List<String>> needRestart,
    UnaryOperator<String> shown,
    @Nullable Chat chat) {
  /** Nothing of that. */
  public static Workbench none() {
    return new Workbench(List::of, List::of, UnaryOperator.identity(), null);
  }

  /**
   * A certificate that expires soon, or has expired.
   *
   * @param component whose; empty for the process's
   * @param flag that names its file
   */
  public record Expiring(String component, String flag, Instant at) {}
}
