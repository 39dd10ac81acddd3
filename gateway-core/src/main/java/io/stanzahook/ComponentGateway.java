package io.stanzahook;

import io.stanzahook.cluster.ClusterJournal;
import io.stanzahook.cluster.ClusterNode;
import io.stanzahook.cluster.ComponentLog;
import io.stanzahook.cluster.ReplySet;
import io.stanzahook.delivery.ConversationKey;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.DeliveryListener.RefusalReason;
import io.stanzahook.delivery.DispatchClock;
import io.stanzahook.delivery.Dispatcher;
import io.stanzahook.delivery.Journal;
import io.stanzahook.delivery.JournalFigures;
import io.stanzahook.delivery.MemoryJournal;
import io.stanzahook.delivery.Outbound;
import io.stanzahook.local.LiveServices;
import io.stanzahook.local.LocalService;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.query.Queries;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.rooms.RoomFailedException;
import io.stanzahook.rooms.RoomFile;
import io.stanzahook.rooms.RoomMemory;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.rooms.Rooms;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.DiskJournal;
import io.stanzahook.spool.DiskSpool;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentStream;
import io.stanzahook.stream.JoinedStreams;
import io.stanzahook.stream.NotSentException;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.HandlerWebhook;
import io.stanzahook.webhook.KindWebhooks;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.webhook.WebhookEndpoint;
import io.stanzahook.wire.KeptStanzaReader;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/**
 * The gateway of one component, made of its stream, its dispatcher and its webhook. It is long
 * because all paths between these parts are here, so that the parts know nothing of each other.
 */
public final class ComponentGateway implements Gateway {
  private static final Logger log = LoggerFactory.getLogger(ComponentGateway.class);

  /** Beyond the drain's own time: for the answers to what was cut short to be written. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** For rooms to be left: a server that reads nothing is not to hold up the end. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /** Presences that are written at once when name or picture change. */
  private static final int NEWS_AT_ONCE = 100;

  /** The file of the spool's folder with the rooms that invited the component. */
  private static final String ROOMS = "rooms.json";

  /** How long an answer may take from one stream of the component to another. */
  private static final Duration HANDED_OVER = Duration.ofMinutes(1);

  /** The id of a question of ours, where the component has several streams. */
  private static final Pattern MARKED = Pattern.compile("e(\\d{1,2})-[A-Za-z0-9_-]+");

  /** What was written by this program. */
  private static final XmlLimits REPLIES = XmlLimits.INBOUND;

  private volatile GatewaySettings settings;

  /** Null where Java code takes the stanzas. */
  private final @Nullable KindWebhooks http;

  /** Null where they are the caller's. */
  private final @Nullable LoopResources ownLoops;

  private final ComponentStream stream;
  private final DeliveryListener deliveries;
  private final Queries queries;
  private final Rooms rooms;
  private final LiveServices local;

  /** Null without a cluster. */
  private final @Nullable ComponentLog shared;

  /** Which of the component's streams this one's is, from 0 on. */
  private final int number;

  /** All that this process has for the component, with this one, in the order of their streams. */
  private volatile List<ComponentGateway> all = List.of();

  private final Dispatcher dispatcher;
  private final Sinks.Empty<Void> ended = Sinks.empty();

  private ComponentGateway(
      GatewaySettings settings,
      @Nullable Webhook handler,
      LoopResources loops,
      boolean ownsLoops,
      DeliveryListener deliveries,
      StreamListener streams,
      @Nullable ClusterNode cluster,
      int number,
      @Nullable ComponentGateway first) {
    Settings.check(settings);
    String domain = settings.component().domain();
    this.settings = settings;
    this.number = number;
    this.shared = cluster == null ? null : cluster.component(domain, number);
    this.deliveries = deliveries;
    this.ownLoops = ownsLoops ? loops : null;
    this.http =
        handler == null
            ? new KindWebhooks(settings.webhook(), domain, loops, deliveries::endpoint)
            : null;
    Webhook webhook =
        handler == null
            ? Objects.requireNonNull(http)
            : new HandlerWebhook(handler, domain, settings.webhook().timeout());
    this.stream =
        new ComponentStream(
            Settings.with(
                settings.component(),
                Map.of(
                    "maxPending", settings.maxPending(),
                    "maxPendingAge", settings.maxPendingAge())),
            loops,
            streams);
    this.queries = first == null ? new Queries(this::asked, this::mark) : first.queries;
    this.rooms = new Rooms(this::written, this::echo);
    stream.whenBack(rooms::streamBack);
    stream.whenLost(
        () -> {
          queries.streamLost();
          rooms.streamLost();
        });
    this.local =
        new LiveServices(
            domain,
            settings.dispatch().postKinds(),
            announced(settings),
            InstantSource.system(),
            stanza -> deliveries.refused(stanza, RefusalReason.FILTERED));
    this.dispatcher = dispatcher(settings, local, webhook, loops, deliveries);
    SpoolSettings spool = settings.spool();
    rooms.stay(
        settings.rooms(),
        domain,
        nick(settings),
        local.presence(),
        spool == null ? RoomMemory.NONE : new RoomFile(spool.folder().resolve(ROOMS)));
    ComponentLog edge = shared;
    if (edge != null) {
      stream.connectOnlyIf(edge::holdsStream);
      edge.follow(new Edge());
    }
  }

  /** What the local services are to say, the features of others included. */
  private static LocalSettings announced(GatewaySettings settings) {
    return Settings.with(settings.local(), "features", settings.dispatch().notices().features());
  }

  /** What it is called in chat rooms; null for the usual name. */
  private static @Nullable String nick(GatewaySettings settings) {
    String name = settings.local().name();
    return name.equals(LocalSettings.DEFAULT_NAME) ? null : name;
  }

  private Dispatcher dispatcher(
      GatewaySettings settings,
      LocalService local,
      Webhook webhook,
      LoopResources loops,
      DeliveryListener deliveries) {
    DispatchClock clock = DispatchClock.system();
    try {
      return new Dispatcher(
          settings.component().domain(),
          settings.dispatch(),
          local,
          webhook,
          new Replying(),
          deliveries,
          clock,
          journal(settings, loops, deliveries, clock));
    } catch (SpoolException e) {
      disposeConnections().subscribe();
      throw e;
    }
  }

  /** What messages are kept in: a cluster's log, a spool, or memory. */
  private Journal.Opener journal(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      DispatchClock clock) {
    String domain = settings.component().domain();
    SpoolSettings spool = settings.spool();
    ComponentLog log = shared;
    // Where to go on with what is on disk or in the log: best an event loop of the webhook's.
    Executor executor = loops.onClient(LoopResources.DEFAULT_NATIVE).next();
    if (log != null) {
      return ClusterJournal.opener(domain, log, executor, clock, replyAge(settings));
    }
    return spool == null
        ? MemoryJournal::new
        : DiskJournal.opener(
            listener -> DiskSpool.open(spool, listener),
            domain,
            executor,
            clock,
            rooms::kept,
            deliveries::deadLettersDiscarded);
  }

  /** Closes the webhook's connections, and the event loops where they are the gateway's own. */
  private Mono<Void> disposeConnections() {
    Mono<Void> closed = http == null ? Mono.empty() : http.dispose();
    return ownLoops == null
        ? closed
        : closed.then(ownLoops.disposeLater(Duration.ZERO, LAST_WORDS));
  }

  /**
   * Begins to say what the gateway of a component is to be like.
   *
   * @param domain the component's domain (XEP-0114), in any letter case
   * @throws IllegalArgumentException if it cannot be a domain
   */
  public static GatewayBuilder builder(String domain) {
    return new GatewayBuilder(domain);
  }

  /**
   * Starts a gateway that hands stanzas to Java code in place of HTTP, on event loops of its own.
   * It connects in the background. With a spool, this blocks until the spool is open.
   *
   * @param webhook must not block, see {@link HandlerWebhook}
   * @throws IllegalArgumentException naming a setting that is out of its bounds
   * @throws SpoolException if the spool cannot be opened
   */
  public static Gateway start(GatewaySettings settings, Webhook webhook) {
    return start(settings, webhook, null, DeliveryListener.NONE, StreamListener.NONE);
  }

  /**
   * Starts a gateway that POSTs stanzas to the webhook of the settings. It connects in the
   * background. With a spool, this blocks until the spool is open, for long if much is to be
   * recovered.
   *
   * @param loops the event loops for the stream and the webhook's connections; not disposed of here
   * @throws IllegalArgumentException naming a setting that is out of its bounds
   * @throws SpoolException if the spool cannot be opened
   */
  public static Gateway start(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      StreamListener streams) {
    return start(settings, null, loops, deliveries, streams);
  }

  /**
   * The same, as a part of a cluster.
   *
   * @param cluster opened, and not started before all components follow it; null for none
   */
  public static Gateway start(
      GatewaySettings settings,
      LoopResources loops,
      DeliveryListener deliveries,
      StreamListener streams,
      @Nullable ClusterNode cluster) {
    return start(settings, null, loops, deliveries, streams, cluster);
  }

  /**
   * The same.
   *
   * @param handler Java code that takes the stanzas; null for the webhook of the settings
   * @param shared event loops that stay the caller's; null for own ones
   */
  static Gateway start(
      GatewaySettings settings,
      @Nullable Webhook handler,
      @Nullable LoopResources shared,
      DeliveryListener deliveries,
      StreamListener streams) {
    return start(settings, handler, shared, deliveries, streams, null);
  }

  private static Gateway start(
      GatewaySettings settings,
      @Nullable Webhook handler,
      @Nullable LoopResources shared,
      DeliveryListener deliveries,
      StreamListener streams,
      @Nullable ClusterNode cluster) {
    LoopResources loops = shared == null ? LoopResources.create("stanzahook") : shared;
    int count = cluster == null ? 1 : cluster.streamsEach();
    JoinedStreams joined = new JoinedStreams(streams, count);
    ComponentGateway gateway =
        new ComponentGateway(
            settings,
            handler,
            loops,
            shared == null,
            deliveries,
            count == 1 ? streams : joined.of(0),
            cluster,
            0,
            null);
    List<ComponentGateway> all = new ArrayList<>(List.of(gateway));
    for (int i = 1; i < count; i++) {
      all.add(
          new ComponentGateway(
              settings, handler, loops, false, deliveries, joined.of(i), cluster, i, gateway));
    }
    all.forEach(each -> each.all = List.copyOf(all));
    all.forEach(each -> each.run(gateway));
    return gateway;
  }

  /**
   * Takes stanzas.
   *
   * @param first what the caller has of the component's gateways
   */
  private void run(ComponentGateway first) {
    stream
        .stanzas()
        .mapNotNull(this::admit)
        .doOnComplete(ended::tryEmitEmpty)
        // Whoever waits for the end has the error; the dispatcher just gets no more stanzas.
        .onErrorResume(
            error -> {
              first.ended.tryEmitError(error);
              return Flux.empty();
            })
        .subscribe(dispatcher.intake());
  }

  /** What the dispatcher is to have: neither answers to our own questions nor news of rooms. */
  private @Nullable Stanza admit(Stanza stanza) {
    Stanza admitted = queries.take(stanza) || handedOver(stanza) ? null : rooms.admit(stanza);
    return admitted == null ? null : local.admit(admitted);
  }

  /**
   * An answer comes on the stream that the server chooses for who answers, which is not always the
   * one that the question left on. Its id says who asked.
   */
  private boolean handedOver(Stanza stanza) {
    ComponentLog log = shared;
    String id = stanza.id();
    if (all.size() == 1
        || log == null
        || id == null
        || !(stanza instanceof Iq iq)
        || iq.isRequest()) {
      return false;
    }
    Matcher asked = MARKED.matcher(id);
    int asker = asked.matches() ? Integer.parseInt(asked.group(1)) : all.size();
    if (asker >= all.size() || all.get(asker).holdsOwnStream()) {
      return false;
    }
    log.handOver(
        asker,
        ReplySet.cameIn(
            settings.component().domain(),
            System.currentTimeMillis() + HANDED_OVER.toMillis(),
            new String(stanza.xml().utf8(), StandardCharsets.UTF_8)));
    return true;
  }

  /** An answer that came on another stream. */
  private void cameIn(ReplySet replies) {
    for (String xml : replies.stanzas()) {
      Stanza stanza =
          new KeptStanzaReader(settings.component().domain())
              .read(xml.getBytes(StandardCharsets.UTF_8), null);
      if (stanza == null || !queries.take(stanza)) {
        log.debug("{}: nobody waits for an answer that came", settings.component().domain());
      }
    }
  }

  /** Whether the stream of this one belongs to this process now. */
  private boolean holdsOwnStream() {
    ComponentLog log = shared;
    return log == null || log.holdsStream();
  }

  /** One whose stream belongs to this process now; null if none does. */
  private @Nullable ComponentGateway holder() {
    for (ComponentGateway each : all) {
      if (each.holdsOwnStream()) {
        return each;
      }
    }
    return null;
  }

  /** Our own questions leave on a stream of this process: nobody else knows the answers. */
  private Mono<Void> asked(List<OutboundStanza> question) {
    if (all.size() == 1) {
      return send(question);
    }
    return Mono.defer(
        () -> {
          ComponentGateway at = holder();
          return at == null ? Mono.error(elsewhere()) : at.written(question);
        });
  }

  /** What the ids of our questions begin with, for {@link #handedOver}. */
  private String mark() {
    ComponentGateway at = all.size() == 1 ? null : holder();
    return at == null ? "" : "e" + at.number + "-";
  }

  @Override
  public GatewaySettings settings() {
    return settings;
  }

  @Override
  public void tune(GatewaySettings next) {
    Settings.check(next);
    all.forEach(each -> each.tuneOne(next));
  }

  private void tuneOne(GatewaySettings next) {
    GatewaySettings before = settings;
    settings = next;
    // Room for answers first, then what they answer.
    stream.maxPending(next.maxPending());
    stream.maxPendingAge(next.maxPendingAge());
    if (http != null) {
      http.change(next.webhook());
      http.reopen();
    }
    dispatcher.change(next.dispatch());
    if (!next.local().equals(before.local()) || !next.rooms().equals(before.rooms())) {
      List<OutboundStanza> news = local.change(announced(next));
      rooms.change(next.rooms(), next.component().domain(), nick(next), local.presence());
      // In slices, so that answers get their turn.
      Flux.fromIterable(holdsOwnStream() ? news : List.<OutboundStanza>of())
          .buffer(NEWS_AT_ONCE)
          .concatMap(this::written)
          .subscribe(
              written -> {},
              gone ->
                  log.debug(
                      "{}: not everybody was told of the new name or picture: {}",
                      next.component().domain(),
                      gone.getMessage()));
    }
  }

  @Override
  public StreamStatus status() {
    return all.size() == 1
        ? stream.status()
        : JoinedStreams.joined(all.stream().map(each -> each.stream.status()).toList());
  }

  @Override
  public int inFlight() {
    return all.stream().mapToInt(each -> each.dispatcher.inFlight()).sum();
  }

  @Override
  public int concurrencyLimit() {
    return dispatcher.concurrencyLimit();
  }

  @Override
  public BreakerState breakerState() {
    return http == null ? BreakerState.CLOSED : http.state();
  }

  @Override
  public List<WebhookEndpoint> endpoints() {
    return http == null ? List.of() : http.endpoints();
  }

  @Override
  public List<String> tryNow(@Nullable String endpoint) {
    List<String> tried = new ArrayList<>();
    for (WebhookEndpoint each : endpoints()) {
      if ((endpoint == null || each.name().equals(endpoint)) && each.outage() != null) {
        each.tryNow();
        tried.add(each.name());
      }
    }
    if (!tried.isEmpty()) {
      dispatcher.hasten();
    }
    return tried;
  }

  /** What is not kept in the log is answered on the stream. */
  @Override
  public Mono<String> deliverAgain(Stanza stanza) {
    ComponentGateway at = stanza.kind() == StanzaKind.MESSAGE ? this : holder();
    return at == null
        ? Mono.error(
            new IllegalStateException(
                "this node does not hold the stream any more, so an answer could not be sent"))
        : at.dispatcher.deliverAgain(stanza);
  }

  @Override
  public boolean holdsStream() {
    return !isElsewhere();
  }

  @Override
  public int rooms(RoomState state) {
    return rooms.count(state);
  }

  @Override
  public Map<String, RoomState> ownRooms() {
    return rooms.own();
  }

  @Override
  public void watchRooms(Consumer<RoomEvent> listener) {
    rooms.watch(listener);
  }

  @Override
  public int queued() {
    return all.stream().mapToInt(each -> each.dispatcher.queued()).sum();
  }

  @Override
  public long oldestQueuedNanos() {
    return all.stream().mapToLong(each -> each.dispatcher.oldestQueuedNanos()).max().orElse(0);
  }

  @Override
  public @Nullable JournalFigures spool() {
    return dispatcher.journal();
  }

  @Override
  public @Nullable DeadLetters deadLetters() {
    return dispatcher.deadLetters();
  }

  @Override
  public Mono<Void> whenEnded() {
    return ended.asMono();
  }

  @Override
  public Mono<Void> send(List<OutboundStanza> stanzas) {
    ComponentLog log = shared;
    if (log == null || stanzas.isEmpty()) {
      return leave(stanzas);
    }
    String person = ConversationKey.normalized(stanzas.get(0).to());
    int leaving = log.streamOf(person);
    ComponentGateway at = leaving < all.size() ? all.get(leaving) : null;
    return at != null && at.holdsOwnStream() ? at.leave(stanzas) : through(log, person, stanzas);
  }

  private Mono<Void> leave(List<OutboundStanza> stanzas) {
    return Mono.defer(() -> written(rooms.leaving(stanzas)));
  }

  /** How long answers wait in the log: as long as their messages would be tried. */
  private static Duration replyAge(GatewaySettings settings) {
    Duration retryFor = settings.dispatch().retry().retryFor();
    Duration usual = settings.maxPendingAge();
    return retryFor.compareTo(usual) > 0 ? retryFor : usual;
  }

  /** Whether another process may hold the stream. */
  private boolean isElsewhere() {
    return holder() == null;
  }

  private NotSentException elsewhere() {
    return NotSentException.elsewhere(settings.component().domain());
  }

  /** Stanzas that leave through the log, because another process holds the stream. */
  private Mono<Void> through(ComponentLog log, String person, List<OutboundStanza> stanzas) {
    return Mono.create(
        sink ->
            log.reply(
                person,
                ReplySet.of(
                    settings.component().domain(),
                    System.currentTimeMillis() + settings.maxPendingAge().toMillis(),
                    stanzas.stream().map(each -> XmlWriter.write(each.element())).toList()),
                sink::success));
  }

  /** The stream, as the log sees it. */
  private final class Edge implements ComponentLog.StreamListener {
    @Override
    public void lost() {
      stream.letGo();
    }

    @Override
    public boolean isConnected() {
      return stream.status() == StreamStatus.CONNECTED;
    }

    @Override
    public boolean hasEnded() {
      return stream.status() == StreamStatus.ENDED;
    }

    @Override
    public Publisher<Void> write(ReplySet replies) {
      if (replies.isCameIn()) {
        cameIn(replies);
        return Mono.empty();
      }
      List<OutboundStanza> stanzas = new ArrayList<>();
      for (String xml : replies.stanzas()) {
        try {
          stanzas.add(OutboundStanza.of(XmlParser.parse(xml, REPLIES)));
        } catch (XmlException | IllegalArgumentException e) {
          log.error(
              "{}: a reply in the log is not a stanza, and is skipped: {}",
              settings.component().domain(),
              e.getMessage());
        }
      }
      // Where other edges are, one of them takes the stream over before that.
      long millis = Math.max(0, replies.expires() - System.currentTimeMillis());
      List<OutboundStanza> leaving = rooms.leaving(stanzas);
      return told(leaving, stream.send(leaving, Duration.ofMillis(millis)));
    }
  }

  /** Our own words, come back from a room: they came, and nobody is to answer them. */
  private void echo(Stanza message) {
    deliveries.received(message);
    deliveries.refused(message, RefusalReason.ROOM_ECHO);
  }

  private Mono<Void> written(List<OutboundStanza> stanzas) {
    return told(stanzas, stream.send(stanzas));
  }

  private Mono<Void> told(List<OutboundStanza> stanzas, Mono<Void> sending) {
    return sending.doOnSuccess(done -> stanzas.forEach(deliveries::sent));
  }

  /** The stream as the dispatcher sees it. */
  private final class Replying implements Outbound {
    @Override
    public Mono<Void> send(List<OutboundStanza> stanzas) {
      return stream.send(stanzas);
    }

    @Override
    public List<OutboundStanza> leaving(List<OutboundStanza> stanzas) {
      local.leaving(stanzas);
      return rooms.leaving(stanzas);
    }
  }

  @Override
  public Mono<List<Stanza>> ask(OutboundStanza iq, Duration timeout) {
    return isElsewhere() ? Mono.error(elsewhere()) : queries.ask(iq, timeout);
  }

  @Override
  public Mono<Void> sendToRoom(OutboundStanza message, @Nullable String nick) {
    if (all.size() > 1) {
      return Mono.error(RoomFailedException.severalStreams(settings.component().domain()));
    }
    return isElsewhere() ? Mono.error(elsewhere()) : rooms.send(message, nick);
  }

  @Override
  public Mono<Void> stop(Duration drain) {
    return Mono.whenDelayError(all.stream().map(each -> each.stopOne(drain)).toList());
  }

  private Mono<Void> stopOne(Duration drain) {
    String domain = settings.component().domain();
    return dispatcher
        .drain(drain)
        .timeout(drain.plus(LAST_WORDS))
        .onErrorResume(
            error -> {
              log.warn("{}: stopping although not everything could be answered", domain);
              return Mono.empty();
            })
        .then(rooms.leave().timeout(GOODBYE).onErrorComplete())
        .then(stream.close())
        .then(dispatcher.close())
        .then(disposeConnections());
  }
}
