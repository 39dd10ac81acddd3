package io.stanzahook;

import io.stanzahook.component.ComponentSettings;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.webhook.WebhookSettings;
import org.jspecify.annotations.Nullable;

/**
 * All that one component's gateway needs to know.
 *
 * @param spool where messages are kept until they are delivered; null for nowhere
 */
public record GatewaySettings(
    ComponentSettings component,
    WebhookSettings webhook,
    DispatchSettings dispatch,
    LocalSettings local,
    @Nullable SpoolSettings spool) {

  /** Without a spool. */
  public GatewaySettings(
      ComponentSettings component,
      WebhookSettings webhook,
      DispatchSettings dispatch,
      LocalSettings local) {
    this(component, webhook, dispatch, local, null);
  }
}
