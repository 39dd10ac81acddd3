package io.stanzahook;

import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.Avatar;
import io.stanzahook.local.Commands;
import io.stanzahook.local.Filters;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.webhook.HandlerWebhook;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Makes a gateway for a program of one's own, see {@link ComponentGateway#builder}. The secret and
 * something that answers have to be said; all else is as the program's flags have it unless it is
 * given. Only the environment's proxies are not used.
 *
 * <p>Not thread-safe.
 */
public final class GatewayBuilder {
  /** In place of the URL where no HTTP is spoken: a name that leads nowhere (RFC 2606). */
  private static final String NOWHERE = "http://handler.invalid/";

  private static final String VERSION =
      Objects.requireNonNullElse(
          GatewayBuilder.class.getPackage().getImplementationVersion(), "embedded");

  private final String domain;
  private final List<DeliveryListener> deliveries = new ArrayList<>();
  private final List<StreamListener> streams = new ArrayList<>();
  private HostPort server = new HostPort("localhost", 5347);
  private @Nullable String secret;
  private @Nullable TlsSettings tls;
  private Set<StanzaKind> kinds = Set.of(StanzaKind.MESSAGE);
  private FlowSettings flow =
      new FlowSettings(Concurrency.AUTO, 10_000, FlowSettings.Overload.BACKPRESSURE);
  private @Nullable BatchSettings batch;
  private RetrySettings retry = RetrySettings.DEFAULT;
  private Duration timeout = Duration.ofSeconds(30);
  private @Nullable SpoolSettings spool;
  private @Nullable String url;
  private @Nullable Webhook handler;
  private @Nullable LoopResources loops;
  private @Nullable String name;
  private @Nullable Avatar avatar;
  private @Nullable Commands commands;
  private final List<String> filters = new ArrayList<>();
  private final List<RoomSettings.Room> rooms = new ArrayList<>();
  private boolean acceptInvitations;

  GatewayBuilder(String domain) {
    this.domain = domain;
  }

  /** The server and its component port; {@code localhost:5347} unless given. */
  public GatewayBuilder server(String name, int componentPort) {
    server = new HostPort(name, componentPort);
    return this;
  }

  /** The secret that is shared with the server. */
  public GatewayBuilder secret(String shared) {
    secret = shared;
    return this;
  }

  /** Speaks TLS to the server, from the first byte on. */
  public GatewayBuilder tls(TlsSettings settings) {
    tls = settings;
    return this;
  }

  /** The kinds of stanza that go to the webhook or the handler; messages unless given. */
  public GatewayBuilder stanzas(StanzaKind... those) {
    kinds = Set.of(those);
    return this;
  }

  /** How many calls at once, and how many stanzas wait. */
  public GatewayBuilder flow(FlowSettings settings) {
    flow = settings;
    return this;
  }

  /** How many stanzas go to a URL in one call: one, unless given. Java code gets each by itself. */
  public GatewayBuilder batch(BatchSettings settings) {
    batch = settings;
    return this;
  }

  /** Which deliveries are tried again, and for how long. */
  public GatewayBuilder retry(RetrySettings settings) {
    retry = settings;
    return this;
  }

  /** How long one call may take. */
  public GatewayBuilder timeout(Duration ofOneCall) {
    timeout = ofOneCall;
    return this;
  }

  /** Keeps messages on disk until they are delivered. */
  public GatewayBuilder spool(SpoolSettings settings) {
    spool = settings;
    return this;
  }

  /** What clients call the component and its addresses. */
  public GatewayBuilder name(String shown) {
    name = shown;
    return this;
  }

  /**
   * The picture that clients show for them.
   *
   * @param picture the content of a PNG, JPEG or WebP
   * @throws IllegalArgumentException if it is none of these, or too large
   */
  public GatewayBuilder avatar(byte[] picture) {
    try {
      avatar = Avatar.of(picture);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the picture " + e.getMessage(), e);
    }
    return this;
  }

  /**
   * Enters this chat room, too, and comes back to it.
   *
   * @param room as for {@code --room}: {@code ops@rooms.example.org/nick?password=…}
   * @throws IllegalArgumentException if it cannot be a room
   */
  public GatewayBuilder room(String room) {
    rooms.add(RoomSettings.Room.parse(room));
    return this;
  }

  /** Whether chat rooms that it is invited to are entered; they are not, unless given. */
  public GatewayBuilder acceptInvitations(boolean accepts) {
    acceptInvitations = accepts;
    return this;
  }

  /**
   * The ad-hoc commands that clients list. An execution goes to the webhook or the handler as an iq
   * with {@link io.stanzahook.stanza.Iq#command}.
   *
   * @param json what the file of {@code --commands} holds, as JSON
   * @throws IllegalArgumentException naming what is wrong
   */
  public GatewayBuilder commands(String json) {
    commands = Commands.parse(json);
    return this;
  }

  /**
   * One more rule that says which stanzas go to the webhook or the handler.
   *
   * @param rule as for {@code --filters}: {@code kind=message has_body=false action=drop}
   */
  public GatewayBuilder filter(String rule) {
    filters.add(rule);
    return this;
  }

  /** POSTs stanzas to that URL. */
  public GatewayBuilder webhook(String postUrl) {
    url = postUrl;
    handler = null;
    return this;
  }

  /** Hands stanzas to Java code. It must not block, see {@link HandlerWebhook}. */
  public GatewayBuilder webhook(Webhook code) {
    handler = code;
    url = null;
    return this;
  }

  /**
   * Answers stanzas with text. The function must not block.
   *
   * @param answers the text for a stanza; empty for no reply
   */
  public GatewayBuilder answers(Function<Stanza, Mono<String>> answers) {
    return webhook(HandlerWebhook.answering(domain, answers));
  }

  /** Tells this one, too, what becomes of each delivery. */
  public GatewayBuilder listener(DeliveryListener told) {
    deliveries.add(told);
    return this;
  }

  /** Tells this one, too, what happens to the stream. */
  public GatewayBuilder listener(StreamListener told) {
    streams.add(told);
    return this;
  }

  /** Runs on these event loops, which stay the caller's; on its own unless given. */
  public GatewayBuilder loops(LoopResources shared) {
    loops = shared;
    return this;
  }

  /**
   * What was said and, for the rest, the defaults.
   *
   * @throws IllegalStateException if the secret is missing, or the webhook
   * @throws IllegalArgumentException naming a setting that cannot be meant
   */
  public GatewaySettings settings() {
    if (secret == null) {
      throw new IllegalStateException("%s: give the builder the secret".formatted(domain));
    }
    if (url == null && handler == null) {
      throw new IllegalStateException(
          "%s: give the builder a webhook: a URL, a Webhook, or a function that answers"
              .formatted(domain));
    }
    Map<String, Object> said = new HashMap<>();
    said.put("server", server);
    said.put("component", domain);
    said.put("secret", secret);
    if (tls != null) {
      said.put("tls", tls);
    }
    said.put("post-url", List.of(UrlTemplate.parse(url == null ? NOWHERE : url)));
    said.put("post-proxy", ProxyChoice.NONE);
    said.put("timeout", timeout);
    said.put("post-stanzas", kinds);
    said.put("flow", batch == null ? flow : flow.withBatch(batch));
    said.put("retry", retry);
    if (spool != null) {
      said.put("spool", spool);
    }
    if (name != null) {
      said.put("name", name);
    }
    if (avatar != null) {
      said.put("avatar", avatar);
    }
    if (commands != null) {
      said.put("commands", commands);
    }
    said.put("filters", rules());
    said.put("room", rooms);
    said.put("accept-invitations", acceptInvitations);
    return GatewaySettings.of(said, VERSION);
  }

  private Filters rules() {
    List<String> problems = new ArrayList<>();
    Filters read = Filters.parse(filters, problems::add);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("filter: " + String.join("; ", problems));
    }
    return read;
  }

  /**
   * Starts connecting. Blocks while a spool is opened, where there is one.
   *
   * @throws IllegalStateException if the secret is missing, or the webhook
   * @throws io.stanzahook.spool.SpoolException if the spool cannot be opened
   */
  public Gateway start() {
    FanOut told = new FanOut(deliveries, streams);
    return ComponentGateway.start(settings(), handler, loops, told, told);
  }
}
