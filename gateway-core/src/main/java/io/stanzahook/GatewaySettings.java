package io.stanzahook;

import io.stanzahook.delivery.DispatchSettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that one component's gateway needs to know. What of it may change while the gateway runs says
 * so: {@link io.stanzahook.settings.Setting#live}.
 *
 * @param spool where messages are kept until they are delivered; null for nowhere
 */
public record GatewaySettings(
    ComponentSettings component,
    WebhookSettings webhook,
    DispatchSettings dispatch,
    LocalSettings local,
    @Nullable SpoolSettings spool) {

  /** What waits to be written beyond the answers to what was let in: local answers. */
  private static final int LOCAL_ANSWERS = 10_000;

  /** What one stanza may be answered with, on average. */
  private static final int ANSWERS_EACH = 2;

  /** How many stanzas may wait to be written: the answers to all that can be here at once. */
  public int maxPending() {
    long all = (long) dispatch.flow().concurrency().most() + dispatch.flow().queue();
    return (int) Math.min(Integer.MAX_VALUE, ANSWERS_EACH * all + LOCAL_ANSWERS);
  }

  /** How long a reply waits for the stream: with a spool, as long as its message would be tried. */
  public Duration maxPendingAge() {
    Duration usual = ComponentSettings.DEFAULT_MAX_PENDING_AGE;
    Duration retryFor = dispatch.retry().retryFor();
    return spool != null && retryFor.compareTo(usual) > 0 ? retryFor : usual;
  }
}
