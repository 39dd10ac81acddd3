package io.stanzahook;

import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.DispatchSettings;
import io.stanzahook.local.Filters;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.net.ProxyEnvironment;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.trace.Tracing;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All settings of one component's gateway. {@link io.stanzahook.settings.Setting#live} says which
 * may change while it runs.
 *
 * @param rooms the chat rooms that the component is in by itself
 * @param spool where messages are kept until they are delivered; null for nowhere
 */
public record GatewaySettings(
    ComponentSettings component,
    WebhookSettings webhook,
    DispatchSettings dispatch,
    LocalSettings local,
    @Nullable SpoolSettings spool,
    RoomSettings rooms) {

  /** What waits to be written beyond the answers to what was let in: local answers. */
  private static final int LOCAL_ANSWERS = 10_000;

  /** What one stanza may be answered with, on average. */
  private static final int ANSWERS_EACH = 2;

  /**
   * Checks what does not go together.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public GatewaySettings {
    String problem = BatchSettings.problem(dispatch.flow().batches().most(), webhook.format());
    if (problem != null) {
      throw new IllegalArgumentException("‹batch› " + problem);
    }
  }

  /**
   * Makes settings.
   *
   * @param said the values of settings, by name; numbers, times, booleans and enums that are not
   *     among them have their defaults
   * @param version of the program, for webhooks and for requests (XEP-0092)
   * @throws IllegalArgumentException naming a setting that is refused
   */
  public static GatewaySettings of(Map<String, ?> said, String version) {
    Map<String, Object> values = new HashMap<>();
    values.put("hardCeiling", 0L);
    values.put("openTimeout", ComponentSettings.DEFAULT_OPEN_TIMEOUT);
    values.put("maxPending", ComponentSettings.DEFAULT_MAX_PENDING);
    values.put("maxPendingAge", ComponentSettings.DEFAULT_MAX_PENDING_AGE);
    values.put("maxReplies", WebhookSettings.DEFAULT_MAX_REPLIES);
    // Enough for as many calls as there can ever be. The dispatcher limits the calls.
    values.put("maxConnections", WebhookSettings.connectionsFor(Concurrency.MAX));
    values.put("proxyEnvironment", ProxyEnvironment.NONE);
    values.put("userAgent", "stanzahook/" + version);
    values.put("tracing", Tracing.OFF);
    values.put("name", LocalSettings.DEFAULT_NAME);
    values.put("version", version);
    values.put("features", List.of());
    values.put("filters", Filters.NONE);
    values.putAll(said);
    return Settings.make(GatewaySettings.class, values);
  }

  /** How many stanzas may wait to be written: the answers to all that can be here at once. */
  public int maxPending() {
    long all = (long) dispatch.flow().mostCalled() + dispatch.flow().queue();
    return (int) Math.min(Integer.MAX_VALUE, ANSWERS_EACH * all + LOCAL_ANSWERS);
  }

  /** How long a reply waits for the stream: with a spool, as long as its message would be tried. */
  public Duration maxPendingAge() {
    Duration usual = ComponentSettings.DEFAULT_MAX_PENDING_AGE;
    Duration retryFor = dispatch.retry().retryFor();
    return spool != null && retryFor.compareTo(usual) > 0 ? retryFor : usual;
  }
}
