package io.stanzahook.app.config;

import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code sandbox} needs to know.
 *
 * @param messages the texts of {@code --message}; empty if lines are typed
 * @param load what {@code --load} asks for, or null
 * @param ownWebhook whether the webhook is the sandbox's echo
 * @param app the other settings, as in {@code run}; the server's port, and the URL of a webhook of
 *     the sandbox, are known only when these listen
 */
public record SandboxSettings(
    @Setting(
            name = "message",
            value = "TEXT",
            help = "a message to send before the sandbox ends; repeatable, sent one after another")
        List<String> messages,
    @Nullable Load load,
    boolean ownWebhook,
    AppSettings app) {

  public SandboxSettings {
    messages = List.copyOf(messages);
  }

  /** Where the console, metrics and health are served. */
  public HostPort httpListen() {
    return app.httpListen();
  }

  /**
   * Many messages.
   *
   * @param count how many
   * @param rate how many a second
   */
  public record Load(
      @Setting(
              name = "load",
              value = "N",
              min = 1,
              max = 10_000_000,
              noun = "a load",
              help =
                  "sends this many messages from many users, does not show them, and prints a "
                      + "summary of latencies")
          int count,
      @Setting(
              name = "rate",
              value = "R",
              fallback = "1000",
              min = 1,
              max = 1_000_000,
              help = "with `--load`: messages a second")
          int rate) {}
}
