package io.stanzahook;

import io.stanzahook.component.ComponentSettings;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.webhook.WebhookSettings;

/** All that one component's gateway needs to know. */
public record GatewaySettings(
    ComponentSettings component,
    WebhookSettings webhook,
    DispatchSettings dispatch,
    LocalSettings local) {}
