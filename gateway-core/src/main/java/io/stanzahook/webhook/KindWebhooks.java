package io.stanzahook.webhook;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.PostFormat;
import io.stanzahook.exchange.RequestWriter;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.net.DnsNames;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * A component's webhooks: one for each URL, each with its own connections and breaker. So an
 * endpoint that is down does not hold up the others. If a kind of stanza has several, its calls are
 * spread over them.
 *
 * <p>Any thread may call it. Results come on event loops.
 */
public final class KindWebhooks implements Webhook, Batching {
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Map<StanzaKind, Spread> byKind = new EnumMap<>(StanzaKind.class);
  private final DnsNames names;
  private final PostFormat format;
  private final RequestWriter writer;

  /** Whether all stanzas go to the same place, so that any of them may share a batch. */
  private final boolean uniform;

  /**
   * Connects to nothing yet.
   *
   * @param domain the component's domain, which replies must come from
   * @param loops the event loops to use; not disposed of here
   */
  public KindWebhooks(
      WebhookSettings settings,
      String domain,
      LoopResources loops,
      Consumer<EndpointEvent> listener) {
    this(settings, domain, loops, listener, new DnsNames(loops));
  }

  KindWebhooks(
      WebhookSettings settings,
      String domain,
      LoopResources loops,
      Consumer<EndpointEvent> listener,
      DnsNames names) {
    this.names = names;
    this.format = settings.format();
    this.writer = format.writer();
    for (StanzaKind kind : StanzaKind.values()) {
      List<Endpoint> ofKind = new ArrayList<>();
      List<UrlTemplate> urls = List.copyOf(new LinkedHashSet<>(settings.urls(kind)));
      for (UrlTemplate url : urls) {
        Endpoint known = known(url);
        Endpoint endpoint =
            known == null
                ? endpoint(settings, url, domain, loops, listener, urls.size() > 1)
                : known;
        if (known == null) {
          endpoints.add(endpoint);
        }
        ofKind.add(endpoint);
      }
      byKind.put(kind, new Spread(ofKind));
    }
    Spread first = spread(StanzaKind.MESSAGE);
    this.uniform = first.isConstant() && byKind.values().stream().allMatch(first::isSame);
  }

  private @Nullable Endpoint known(UrlTemplate url) {
    return endpoints.stream().filter(each -> each.url().equals(url)).findFirst().orElse(null);
  }

  private Endpoint endpoint(
      WebhookSettings settings,
      UrlTemplate url,
      String domain,
      LoopResources loops,
      Consumer<EndpointEvent> listener,
      boolean hasPeers) {
    String shown = url.toString();
    long same = endpoints.stream().filter(each -> each.url().toString().equals(shown)).count();
    // Path and query may hold a token, so a number distinguishes such URLs.
    String name = same == 0 ? shown : "%s (%d)".formatted(shown, same + 1);
    WebhookClient client = new WebhookClient(settings.withPostUrl(url), domain, loops, names);
    return new Endpoint(
        name,
        url,
        client,
        new BreakingWebhook(client, url, shown, hasPeers, listener, System::nanoTime));
  }

  @Override
  public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
    return spread(stanza.kind()).post(stanza, webhookId, attempt);
  }

  private Spread spread(StanzaKind kind) {
    return Objects.requireNonNull(byKind.get(kind));
  }

  @Override
  public @Nullable Batching batching() {
    return format.hasBatches() ? this : null;
  }

  @Override
  public Mono<WebhookResult> post(Batch batch) {
    return spread(batch.stanza(0).kind()).post(batch);
  }

  @Override
  public @Nullable Object destination(Stanza stanza) {
    if (uniform) {
      return null;
    }
    Spread spread = spread(stanza.kind());
    // Kinds that share their URLs share batches.
    for (Map.Entry<StanzaKind, Spread> other : byKind.entrySet()) {
      if (other.getValue().isSame(spread)) {
        return new Destination(other.getKey(), spread.destination(stanza));
      }
    }
    throw new IllegalStateException("a kind without webhooks: " + stanza.kind());
  }

  /** Where stanzas go: the URLs of a kind, and their paths unless these are the same for all. */
  private record Destination(StanzaKind kind, @Nullable Object paths) {}

  @Override
  public int bound(Stanza stanza) {
    return writer.bound(stanza);
  }

  @Override
  public int size(Batch batch) {
    return Batching.sizeOf(writer.write(batch, UnpooledByteBufAllocator.DEFAULT));
  }

  /** All of them, in the order of the settings. */
  public List<WebhookEndpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** The state of that breaker which lets the fewest calls through. */
  public BreakerState state() {
    BreakerState worst = BreakerState.CLOSED;
    for (Endpoint endpoint : endpoints) {
      BreakerState state = endpoint.breakerState();
      worst = state.level() > worst.level() ? state : worst;
    }
    return worst;
  }

  /** The configuration has changed, so endpoints that answered 410 may be called again. */
  public void reopen() {
    endpoints.forEach(endpoint -> endpoint.breaking().reopen());
  }

  /** Applies settings that may change while calls are made, to attempts that begin from now on. */
  public void change(WebhookSettings next) {
    endpoints.forEach(each -> each.client().change(next.withPostUrl(each.url())));
  }

  /**
   * Closes the connections: idle ones now, and others when their call has ended. Calls that begin
   * later fail.
   */
  public Mono<Void> dispose() {
    return Flux.fromIterable(endpoints)
        .flatMap(endpoint -> endpoint.client().dispose())
        .then()
        .doFinally(signal -> names.close());
  }
}
