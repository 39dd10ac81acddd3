package io.stanzahook.app.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code sandbox} needs to know.
 *
 * @param messages the texts of {@code --message}; empty for typed lines
 * @param load what {@code --load} asks for, or null
 * @param ownWebhook whether the webhook is the sandbox's echo
 * @param httpListen where the console, metrics and health are served
 * @param app the rest, as {@code run} would have it; the server's port and, with a webhook of the
 *     sandbox's own, the URL are known only once those listen
 */
public record SandboxSettings(
    List<String> messages,
    @Nullable Load load,
    boolean ownWebhook,
    HostPort httpListen,
    AppSettings app) {

  public SandboxSettings {
    messages = List.copyOf(messages);
  }

  /**
   * Many messages.
   *
   * @param count how many
   * @param rate how many a second
   */
  public record Load(int count, int rate) {}
}
