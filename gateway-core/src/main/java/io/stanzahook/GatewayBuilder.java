package io.stanzahook;

import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.Avatar;
import io.stanzahook.local.Commands;
import io.stanzahook.local.Filters;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentDomain;
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
 * Makes a gateway for a Java program, see {@link ComponentGateway#builder}. The secret and
 * something that answers are required. All other settings have the defaults of the program's flags,
 * except that the proxies of the environment are not used.
 *
 * <p>{@link #room}, {@link #filter} and {@code listener} add to what was given before. All other
 * methods replace it. A value that cannot be read is refused by the method that takes it, a number
 * or a time outside of its bounds by {@link #start}.
 *
 * <p>Threading: one thread at a time may use a builder. It can start several gateways. Each one has
 * the settings of that moment.
 */
public final class GatewayBuilder {
  /** In place of the URL where no HTTP is spoken: a name that leads nowhere (RFC 2606). */
  private static final String NOWHERE = "http://handler.invalid/";

  private static final int MAX_PORT = 65_535;

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
  private @Nullable RetrySettings retry;
  private Duration timeout = Duration.ofSeconds(30);
  private @Nullable SpoolSettings spool;
  private @Nullable UrlTemplate url;
  private @Nullable Webhook handler;
  private @Nullable LoopResources loops;
  private @Nullable String name;
  private @Nullable Avatar avatar;
  private @Nullable Commands commands;
  private final List<String> filters = new ArrayList<>();
  private final List<RoomSettings.Room> rooms = new ArrayList<>();
  private boolean acceptInvitations;

  /** For a component's domain, in whatever letter case. */
  GatewayBuilder(String domain) {
    this.domain = ComponentDomain.parse(domain);
  }

  /**
   * The server and its component port (XEP-0114); {@code localhost:5347} unless given.
   *
   * @param host a name, which is looked up at each attempt to connect, or an address, IPv6 without
   *     brackets
   * @throws IllegalArgumentException if the port is not from 1 to 65,535
   */
  public GatewayBuilder server(String host, int componentPort) {
    if (componentPort < 1 || componentPort > MAX_PORT) {
      throw new IllegalArgumentException(
          "%s: the server's port must be from 1 to %d, and is %d"
              .formatted(domain, MAX_PORT, componentPort));
    }
    server = new HostPort(host, componentPort);
    return this;
  }

  /** The secret that is shared with the server (XEP-0114, 3). It is never logged. */
  public GatewayBuilder secret(String shared) {
    secret = shared;
    return this;
  }

  /**
   * Speaks TLS 1.3 or 1.2 to the server from the first byte, and verifies its certificate (RFC
   * 9525). Plain TCP unless given.
   */
  public GatewayBuilder tls(TlsSettings settings) {
    tls = settings;
    return this;
  }

  /**
   * The kinds of stanza that go to the webhook or the handler; messages unless given. Executions of
   * {@link #commands} always go there.
   */
  public GatewayBuilder stanzas(StanzaKind... those) {
    kinds = Set.copyOf(List.of(those));
    return this;
  }

  /**
   * How many calls may be in flight, how many stanzas may wait for one, and what happens to those
   * for which there is no room. Unless given: a number of calls that the gateway finds, 10,000
   * stanzas, and the gateway stops reading from the server.
   */
  public GatewayBuilder flow(FlowSettings settings) {
    flow = settings;
    return this;
  }

  /**
   * How many stanzas go to a URL in one call: one, unless given. Beats the batches of {@link
   * #flow}. Java code always gets one stanza at a time.
   */
  public GatewayBuilder batch(BatchSettings settings) {
    batch = settings;
    return this;
  }

  /**
   * Which deliveries are tried again, and for how long. Unless given, for {@link
   * RetrySettings#DEFAULT_RETRY_FOR}, and with {@link #spool} for {@link
   * RetrySettings#DEFAULT_RETRY_FOR_IF_KEPT}.
   */
  public GatewayBuilder retry(RetrySettings settings) {
    retry = settings;
    return this;
  }

  /** How long one call may take, from 1 ms to 24 h; 30 s unless given. */
  public GatewayBuilder timeout(Duration ofOneCall) {
    timeout = ofOneCall;
    return this;
  }

  /**
   * Keeps messages on disk until they are delivered, and those that failed as dead letters. The
   * folder belongs to one gateway at a time.
   */
  public GatewayBuilder spool(SpoolSettings settings) {
    spool = settings;
    return this;
  }

  /**
   * What clients call the component and its addresses (XEP-0030, XEP-0054, XEP-0172), also its nick
   * in chat rooms.
   *
   * @throws IllegalArgumentException if it cannot be a nick, see {@link LocalSettings#checkName}
   */
  public GatewayBuilder name(String shown) {
    try {
      LocalSettings.checkName(shown);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the name " + e.getMessage(), e);
    }
    name = shown;
    return this;
  }

  /**
   * The picture that clients show for them (XEP-0054, XEP-0153, XEP-0084).
   *
   * @param picture the content of a PNG, JPEG or WebP of up to {@link Avatar#MAX_BYTES} bytes
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
   * Enters this chat room, too (XEP-0045), and comes back to it after every loss.
   *
   * @param room as for {@code --room}: {@code ops@rooms.example.org/nick?password=…}
   * @throws IllegalArgumentException if it cannot be a room
   */
  public GatewayBuilder room(String room) {
    rooms.add(RoomSettings.Room.parse(room));
    return this;
  }

  /**
   * Whether chat rooms are entered that invite the component (XEP-0045, XEP-0249); they are not,
   * unless given. With {@link #spool} they are remembered.
   */
  public GatewayBuilder acceptInvitations(boolean accepts) {
    acceptInvitations = accepts;
    return this;
  }

  /**
   * The ad-hoc commands (XEP-0050) that clients list. An execution goes to the webhook or the
   * handler as an iq with {@link io.stanzahook.stanza.Iq#command}.
   *
   * @param json what the file of {@code --commands} holds, as JSON
   * @throws IllegalArgumentException naming what is wrong
   */
  public GatewayBuilder commands(String json) {
    commands = Commands.parse(json);
    return this;
  }

  /**
   * One more rule that says which stanzas go to the webhook or the handler. The first rule that
   * matches decides. {@link #settings} and {@link #start} refuse a rule that cannot be read.
   *
   * @param rule as for {@code --filters}: {@code kind=message has_body=false action=drop}
   */
  public GatewayBuilder filter(String rule) {
    filters.add(rule);
    return this;
  }

  /**
   * POSTs stanzas to that URL, in place of what was to answer before.
   *
   * @param postUrl as for {@code --post-url}, with or without placeholders
   * @throws IllegalArgumentException if it is no URL of http or https
   */
  public GatewayBuilder webhook(String postUrl) {
    try {
      url = UrlTemplate.parse(postUrl);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("webhook: " + e.getMessage(), e);
    }
    handler = null;
    return this;
  }

  /**
   * Hands stanzas to Java code, in place of what was to answer before. The code must not block, see
   * {@link HandlerWebhook}.
   */
  public GatewayBuilder webhook(Webhook code) {
    handler = code;
    url = null;
    return this;
  }

  /**
   * Answers stanzas with text, in place of what was to answer before. The function is called on an
   * event loop and must not block. If it throws, or its {@code Mono} ends with an error, the
   * delivery fails.
   *
   * @param answers the text for a stanza; empty for no reply
   */
  public GatewayBuilder answers(Function<Stanza, Mono<String>> answers) {
    return webhook(HandlerWebhook.answering(domain, answers));
  }

  /** Tells this one, too, what becomes of each delivery, on event loops. */
  public GatewayBuilder listener(DeliveryListener told) {
    deliveries.add(told);
    return this;
  }

  /** Tells this one, too, what happens to the stream, on its event loop. */
  public GatewayBuilder listener(StreamListener told) {
    streams.add(told);
    return this;
  }

  /**
   * Tells this one, too, both what becomes of each delivery and what happens to the stream. {@link
   * io.stanzahook.metrics.GatewayMetrics} is such a listener.
   */
  @SuppressWarnings("ExtendsObject") // Otherwise two methods would have the same erasure.
  public <L extends Object & DeliveryListener & StreamListener> GatewayBuilder listener(L told) {
    deliveries.add(told);
    streams.add(told);
    return this;
  }

  /**
   * Runs the stream, the handler and the connections to a webhook on these event loops. They stay
   * the caller's: stopping the gateway does not end them. Unless given, the gateway has event loops
   * of its own, whose threads are daemons and end with it.
   */
  public GatewayBuilder loops(LoopResources shared) {
    loops = shared;
    return this;
  }

  /**
   * The settings so far, and the defaults for the rest. {@link ComponentGateway#start} takes them;
   * listeners and event loops are not among them.
   *
   * @throws IllegalStateException if the secret is missing, or the webhook
   * @throws IllegalArgumentException naming a setting that is refused
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
    said.put("post-url", List.of(url == null ? UrlTemplate.parse(NOWHERE) : url));
    said.put("post-proxy", ProxyChoice.NONE);
    said.put("timeout", timeout);
    said.put("post-stanzas", kinds);
    said.put("flow", batch == null ? flow : flow.withBatch(batch));
    said.put("retry", retry());
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

  private RetrySettings retry() {
    if (retry != null) {
      return retry;
    }
    return spool == null
        ? RetrySettings.DEFAULT
        : Settings.with(
            RetrySettings.DEFAULT, "retry-for", RetrySettings.DEFAULT_RETRY_FOR_IF_KEPT);
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
   * Starts connecting, and returns before the server has answered: {@link Gateway#status} and
   * listeners tell when it has. With a spool, this blocks until the spool is open; without one, any
   * thread may call it.
   *
   * @throws IllegalStateException if the secret is missing, or the webhook
   * @throws IllegalArgumentException naming a setting that is refused, or is out of its bounds
   * @throws io.stanzahook.spool.SpoolException if the spool cannot be opened
   */
  public Gateway start() {
    FanOut told = new FanOut(deliveries, streams);
    return ComponentGateway.start(settings(), handler, loops, told, told);
  }
}
