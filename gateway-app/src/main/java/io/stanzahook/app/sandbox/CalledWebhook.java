package io.stanzahook.app.sandbox;

import io.stanzahook.Gateway;
import java.util.List;

/** The webhook that a sandbox calls. Another one can take its place. Any thread may call. */
public final class CalledWebhook {
  private final List<RecordingProxy> proxies;
  private final String first;
  private final boolean echoes;
  private final Gateway gateway;

  /**
   * The one of the start.
   *
   * @param proxies in front of it; only a single one can be told to call another
   * @param first its address
   * @param echoes whether it is an echo of the sandbox
   */
  CalledWebhook(List<RecordingProxy> proxies, String first, boolean echoes, Gateway gateway) {
    this.proxies = List.copyOf(proxies);
    this.first = first;
    this.echoes = echoes;
    this.gateway = gateway;
  }

  /** Its address. */
  public String url() {
    String other = proxies.size() == 1 ? proxies.get(0).other() : null;
    return other == null ? first : other;
  }

  /** Whether it is an echo of the sandbox. */
  public boolean isEcho() {
    return echoes && url().equals(first);
  }

  /**
   * Calls another one from now on.
   *
   * @param url empty for the one of the start
   * @throws IllegalArgumentException saying why it cannot be called
   */
  public void use(String url) {
    if (proxies.size() != 1) {
      throw new IllegalArgumentException(
          "this sandbox has %s: start it again with another --post-url"
              .formatted(proxies.isEmpty() ? "a load to send" : "several webhooks"));
    }
    proxies.get(0).call(url.isEmpty() || url.equals(first) ? null : url);
    // What is known of the one before says nothing of this one.
    gateway.tryNow(null);
  }
}
