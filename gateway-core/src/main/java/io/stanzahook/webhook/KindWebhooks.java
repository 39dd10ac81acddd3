package io.stanzahook.webhook;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * A component's webhooks: one for each URL that kinds of stanza are POSTed to, each with
 * connections and a breaker of its own. So an endpoint that is down, or gone, holds up none of the
 * others.
 *
 * <p>Any thread may call; results come on event loops.
 */
public final class KindWebhooks implements Webhook {
  private final Collection<Endpoint> endpoints;
  private final Map<StanzaKind, Endpoint> byKind = new EnumMap<>(StanzaKind.class);

  /** One URL. */
  private record Endpoint(WebhookClient client, BreakingWebhook breaker) {}

  /**
   * Connects to nothing yet.
   *
   * @param domain the component's domain, which replies must come from
   * @param loops the event loops to use; not disposed of here
   */
  public KindWebhooks(
      WebhookSettings settings, String domain, LoopResources loops, BreakerListener listener) {
    Map<UrlTemplate, Endpoint> byUrl = new LinkedHashMap<>();
    for (StanzaKind kind : StanzaKind.values()) {
      byKind.put(
          kind,
          byUrl.computeIfAbsent(
              settings.url(kind),
              url -> endpoint(settings.withPostUrl(url), domain, loops, listener)));
    }
    endpoints = byUrl.values();
  }

  private static Endpoint endpoint(
      WebhookSettings settings, String domain, LoopResources loops, BreakerListener listener) {
    WebhookClient client = new WebhookClient(settings, domain, loops);
    return new Endpoint(client, new BreakingWebhook(client, settings, listener));
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    Endpoint endpoint = Objects.requireNonNull(byKind.get(stanza.kind()));
    return endpoint.breaker().post(stanza, webhookId, attempt);
  }

  /** Where the breakers stand: that of them that lets the fewest calls through. */
  public BreakerState state() {
    BreakerState worst = BreakerState.CLOSED;
    for (Endpoint endpoint : endpoints) {
      BreakerState state = endpoint.breaker().state();
      worst = state.level() > worst.level() ? state : worst;
    }
    return worst;
  }

  /** The configuration has changed: endpoints that were gone may be asked again. */
  public void reopen() {
    endpoints.forEach(endpoint -> endpoint.breaker().reopen());
  }

  /** Takes what may change while calls are made, for attempts that begin from now on. */
  public void change(WebhookSettings next) {
    endpoints.forEach(endpoint -> endpoint.client().change(next));
  }

  /**
   * Closes the connections: idle ones now, others once their call ended. Calls that begin later
   * fail.
   */
  public Mono<Void> dispose() {
    return Flux.fromIterable(endpoints).flatMap(endpoint -> endpoint.client().dispose()).then();
  }
}
