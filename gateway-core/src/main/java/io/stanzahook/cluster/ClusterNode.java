package io.stanzahook.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.RoomPlace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * This process's part of the cluster. It is opened before the components start, takes messages from
 * {@link #start} on, and is closed after they have stopped. It is one class, although it is long,
 * because the components' view of the log uses the same clients, loops and figures, and each slot
 * that comes or goes changes both.
 */
public final class ClusterNode implements AutoCloseable {
  /** Between two slots of a component: it has no divisor in common with the number of slots. */
  private static final int STEP = 5;

  /** Bytes that wait for the brokers; beyond it nothing more is read. */
  private static final long MAX_UNREPLICATED = 32L << 20;

  /** How often what is finished is deleted from the log. */
  private static final long TRIM = Duration.ofMinutes(1).toNanos();

  private static final long LOOK_AT_SLOTS = Duration.ofSeconds(5).toNanos();

  private static final Duration AGAIN = Duration.ofSeconds(2);

  /** How long a component that leaves waits for the last acknowledgements. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger("cluster");

  private final ClusterSettings settings;
  private final Topics topics;
  private final Clients clients;
  private final Admin admin;
  private final Appender appender;
  private final DeadLog dead;
  private final @Nullable WorkerLoop worker;
  private final @Nullable EdgeLoop edge;
  private final SlotOwners owners;
  private final SlotAssignor.Wishes wishes =
      new SlotAssignor.Wishes(this::usedSlots, this::away, this::keptSlots);
  private final Reach reach;
  private final Map<String, Part> parts = new ConcurrentHashMap<>();

  /** The same, as lanes know them. */
  private final Map<Long, Part> partsOfLanes = new ConcurrentHashMap<>();

  /** The same, by the component and the slot. */
  private final Map<String, Part> partsOfSlots = new ConcurrentHashMap<>();

  private final AtomicLong late = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();
  private volatile LongConsumer took = nanos -> {};
  private volatile int slotsUnowned;

  /** How many edges are there, as this one saw last. */
  private volatile int edgesSeen;

  private volatile String advertised = "";
  private volatile boolean stopping;
  private long trimmedAt = System.nanoTime();
  private long slotsSeenAt = System.nanoTime();

  private ClusterNode(
      ClusterSettings settings,
      Topics topics,
      Clients clients,
      Admin admin,
      Duration patience,
      Duration unknown) {
    this.settings = settings;
    this.reach = new Reach(patience);
    this.topics = topics;
    this.clients = clients;
    this.admin = admin;
    this.appender = new Appender(clients.producer(), nanos -> took.accept(nanos));
    this.dead =
        new DeadLog(
            clients,
            appender,
            topics.dead(),
            topics.in(),
            settings.address().prefix() + ".redeliver." + UUID.randomUUID(),
            this::partition);
    String prefix = settings.address().prefix();
    this.worker =
        settings.role().isWorker()
            ? new WorkerLoop(this, clients, topics.in(), prefix + ".worker")
            : null;
    this.edge =
        settings.role().isEdge()
            ? new EdgeLoop(this, clients, topics.out(), edgeGroup(settings), wishes, unknown)
            : null;
    this.owners =
        new SlotOwners(
            clients,
            topics.nodes(),
            (key, value) -> appender.append(topics.nodes(), 0, key, value, () -> {}),
            this::ownSlots,
            settings.edges());
  }

  /**
   * Waits for the brokers, creates the topics that are missing, and checks all. Blocks.
   *
   * @param retryFor the longest time in which a component tries messages
   * @param maxStanza the largest stanza of a component, in bytes
   * @param stopped whether to wait no longer
   * @return null if it was stopped before
   * @throws ClusterException with what is wrong with the topics
   */
  public static @Nullable ClusterNode open(
      ClusterSettings settings, Duration retryFor, int maxStanza, BooleanSupplier stopped)
      throws ClusterException {
    return open(settings, retryFor, maxStanza, stopped, Reach.PATIENCE, EdgeLoop.UNKNOWN);
  }

  /**
   * For tests, which have less patience.
   *
   * @param patience see {@link Reach#PATIENCE}
   * @param unknown see {@link EdgeLoop#UNKNOWN}
   */
  static @Nullable ClusterNode open(
      ClusterSettings settings,
      Duration retryFor,
      int maxStanza,
      BooleanSupplier stopped,
      Duration patience,
      Duration unknown)
      throws ClusterException {
    Clients clients = new Clients(settings);
    Topics topics = new Topics(settings, retryFor, maxStanza);
    Admin admin;
    try {
      admin = clients.admin();
    } catch (KafkaException e) {
      throw new ClusterException(List.of("‹cluster›: " + cause(e)));
    }
    boolean told = false;
    while (!stopped.getAsBoolean()) {
      try {
        List<String> notes = new ArrayList<>();
        topics.prepare(admin, true, notes);
        notes.forEach(note -> log.warn("{}", note));
        if (told) {
          log.info("the brokers of {} answer", settings.address());
        }
        return new ClusterNode(settings, topics, clients, admin, patience, unknown);
      } catch (ClusterException e) {
        admin.close(Duration.ZERO);
        throw e;
      } catch (ExecutionException | TimeoutException | KafkaException e) {
        if (!told) {
          log.warn("waiting for the brokers of {}: {}", settings.address(), cause(e));
          told = true;
        }
        LockSupport.parkNanos(AGAIN.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    admin.close(Duration.ZERO);
    return null;
  }

  /**
   * Checks the topics and changes nothing. Blocks.
   *
   * @return what should be known, one line each
   * @throws ClusterException with what is wrong
   */
  public static List<String> check(ClusterSettings settings, Duration retryFor, int maxStanza)
      throws ClusterException {
    try (Admin admin = new Clients(settings).admin()) {
      List<String> notes = new ArrayList<>();
      new Topics(settings, retryFor, maxStanza).prepare(admin, false, notes);
      return notes;
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw new ClusterException(
          List.of("the brokers of " + settings.address() + " do not answer: " + cause(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(List.of("interrupted"));
    }
  }

  /**
   * How many edges run. Blocks.
   *
   * @throws ClusterException if the brokers do not say
   */
  public static int edges(ClusterSettings settings) throws ClusterException {
    String group = edgeGroup(settings);
    try (Admin admin = new Clients(settings).admin()) {
      return Objects.requireNonNull(
              admin.describeClassicGroups(List.of(group)).describedGroups().get(group))
          .get(Topics.ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .members()
          .size();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return 0;
      }
      throw new ClusterException(
          List.of(
              "the brokers of " + settings.address() + " do not say which edges run: " + cause(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(List.of("interrupted"));
    }
  }

  private static String edgeGroup(ClusterSettings settings) {
    return settings.address().prefix() + ".edge";
  }

  private static String cause(Throwable error) {
    Throwable cause =
        error instanceof ExecutionException || error instanceof KafkaException
            ? Objects.requireNonNullElse(error.getCause(), error)
            : error;
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }

  /** Begins to take messages and slots. */
  public void start() {
    owners.start();
    if (worker != null) {
      worker.start();
    }
    if (edge != null) {
      edge.start();
    }
  }

  /** Takes nothing more. To be called before the components stop. */
  public void stopping() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  /**
   * Says where other nodes reach this one, to be called before {@link #start}. Without it, no other
   * node can pass requests on to this one.
   *
   * @param url where the paths of its HTTP API begin
   */
  public void advertise(String url) {
    advertised = url;
    owners.advertise(url);
  }

  /**
   * A node that holds a stream of a component, as it says itself. It may have died a moment ago.
   *
   * @return null if none is known, or if it is this one
   */
  public @Nullable SlotOwner owner(String domain) {
    for (int stream = 0; stream < settings.edges(); stream++) {
      SlotOwner owner = owners.owner(slot(domain, stream));
      if (owner != null && !owner.url().equals(advertised)) {
        return owner;
      }
    }
    return null;
  }

  private Map<Integer, Ownership> ownSlots() {
    EdgeLoop of = edge;
    return of == null || !of.isCertain() ? Map.of() : of.ownerships();
  }

  /** A slot goes to another edge in order. */
  void leave(Ownership ownership) {
    owners.leave(ownership);
  }

  /** What this process does. */
  public ClusterRole role() {
    return settings.role();
  }

  /** The log, as a component sees it. */
  public ComponentLog component(String domain) {
    return find(domain);
  }

  /**
   * The log, as one of the component's streams sees it. Only the first one takes messages.
   *
   * @param stream from 0 on, less than {@link #streamsEach}
   */
  public ComponentLog component(String domain, int stream) {
    return find(domain, stream);
  }

  /** How many streams of each component this process may hold. */
  public int streamsEach() {
    return settings.role().isEdge() ? settings.edges() : 1;
  }

  /** Sets who is told how long each record took to be replicated, in nanoseconds. */
  public void whenAppended(LongConsumer told) {
    took = told;
  }

  /**
   * Registers those meters of Kafka's clients that are documented, with the label {@code client}:
   * what a client is for.
   */
  public void bindClients(MeterRegistry registry) {
    clients.meters().bind(registry);
  }

  /** Current figures. */
  public ClusterFigures figures() {
    return new ClusterFigures(
        worker == null ? 0 : worker.lag(),
        worker == null ? 0 : worker.ownerships().size(),
        edge == null ? 0 : edge.ownerships().size(),
        slotsUnowned,
        late.get(),
        (worker == null || worker.ownerships().isEmpty() || worker.isCertain())
            && (edge == null || edge.ownerships().isEmpty() || edge.isCertain()));
  }

  /** The domains whose streams this process holds. */
  public List<String> streams() {
    return names(each -> each.stream() != null && each.holdsStream());
  }

  private List<String> names(Predicate<Part> which) {
    return parts.values().stream()
        .filter(which)
        .map(each -> settings.edges() == 1 ? each.domain : each.domain + "#" + each.number)
        .sorted()
        .toList();
  }

  /**
   * Spreads the slots over the edges: those that have too many give some away. Waits some seconds
   * for another edge if there is none, and for the streams to move.
   *
   * @return null if this process is not an edge; ends with an error if the brokers do not answer
   */
  public @Nullable Mono<Balance> balance() {
    EdgeLoop loop = edge;
    if (loop == null) {
      return null;
    }
    Runnable ask =
        () -> {
          wishes.balance();
          loop.rebalance();
        };
    return new Balancing(Mono.defer(this::members), this::usedSlots, ask).run().map(this::balance);
  }

  private Balance balance(Balancing.Result result) {
    List<Balance.Edge> all = new ArrayList<>();
    for (Balancing.Member each : result.after().values()) {
      Set<String> urls = new TreeSet<>();
      for (int slot : each.slots()) {
        SlotOwner owner = owners.owner(slot);
        urls.add(owner == null ? "" : owner.url());
      }
      urls.remove("");
      all.add(
          new Balance.Edge(
              each.host(),
              urls.size() == 1 ? urls.iterator().next() : "",
              each.slots().size(),
              names(part -> part.stream() != null && each.slots().contains(part.slot))));
    }
    Set<Integer> moved = result.moved();
    return new Balance(
        all, names(part -> part.stream() != null && moved.contains(part.slot)), result.isEven());
  }

  /** The edges, by their names in the group. */
  private Mono<Map<String, Balancing.Member>> members() {
    String group = edgeGroup(settings);
    return Mono.fromCompletionStage(
            admin.describeClassicGroups(List.of(group)).all().toCompletionStage())
        .map(
            groups -> {
              Map<String, Balancing.Member> all = new TreeMap<>();
              groups
                  .values()
                  .forEach(
                      each ->
                          each.members().forEach(one -> all.put(one.consumerId(), member(one))));
              return all;
            });
  }

  private static Balancing.Member member(MemberDescription of) {
    Set<Integer> slots = new TreeSet<>();
    of.assignment().topicPartitions().forEach(slot -> slots.add(slot.partition()));
    return new Balancing.Member(of.host().replaceFirst("^/", ""), slots);
  }

  Part find(String domain) {
    return find(domain, 0);
  }

  private Part find(String domain, int stream) {
    return parts.computeIfAbsent(named(domain, stream), key -> new Part(domain, stream));
  }

  private static String named(String domain, int number) {
    return domain + "#" + number;
  }

  /** What follows the stream of a component with this slot; null if nothing does. */
  ComponentLog.@Nullable StreamListener stream(String domain, int slot) {
    Part of = partsOfSlots.get(named(domain, slot));
    return of == null ? null : of.stream();
  }

  /** The component that has a lane; null if it was never heard of. */
  @Nullable Part findLane(long component) {
    return partsOfLanes.get(component);
  }

  /** Whether a component that is followed, another one than that, holds less than its share. */
  boolean hasRoomBeside(@Nullable Part one, int share) {
    for (Part each : parts.values()) {
      if (each != one && each.listener() != null && each.held() < share) {
        return true;
      }
    }
    return false;
  }

  List<ComponentLog.MessageListener> messageListeners() {
    List<ComponentLog.MessageListener> all = new ArrayList<>();
    for (Part each : parts.values()) {
      ComponentLog.@Nullable MessageListener listener = each.listener();
      if (listener != null) {
        all.add(listener);
      }
    }
    return all;
  }

  List<ComponentLog.StreamListener> streamsOf(int slot) {
    List<ComponentLog.StreamListener> all = new ArrayList<>();
    for (Part each : parts.values()) {
      ComponentLog.@Nullable StreamListener stream = each.stream();
      if (stream != null && each.slot == slot) {
        all.add(stream);
      }
    }
    return all;
  }

  private Set<Integer> usedSlots() {
    Set<Integer> used = new TreeSet<>();
    for (Part each : parts.values()) {
      if (each.stream() != null) {
        used.add(each.slot);
      }
    }
    return used;
  }

  private Set<Integer> keptSlots() {
    EdgeLoop of = edge;
    return of == null ? Set.of() : of.kept();
  }

  void expired() {
    expired.incrementAndGet();
  }

  /** Waits until all that was appended is replicated, but not for longer. */
  void appended(Duration most) {
    await(() -> appender.bytes() == 0, most);
  }

  private static void await(BooleanSupplier done, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (!done.getAsBoolean() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  /** Deletes what is finished from the log, about once a minute. On the worker's thread. */
  void trim(Map<Integer, Long> finishedBelow) {
    long now = System.nanoTime();
    if (now - trimmedAt < TRIM) {
      return;
    }
    trimmedAt = now;
    Map<TopicPartition, RecordsToDelete> below = new HashMap<>();
    finishedBelow.forEach(
        (partition, offset) ->
            below.put(
                new TopicPartition(topics.in(), partition), RecordsToDelete.beforeOffset(offset)));
    admin
        .deleteRecords(below)
        .all()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                log.debug("finished messages were not deleted", error);
              }
            });
  }

  /** On the edge's thread. */
  void lookAtSlots() {
    long now = System.nanoTime();
    if (now - slotsSeenAt < LOOK_AT_SLOTS) {
      return;
    }
    slotsSeenAt = now;
    members()
        .subscribe(
            all -> {
              Set<Integer> taken = new TreeSet<>();
              all.values().forEach(each -> taken.addAll(each.slots()));
              slotsUnowned = Topics.SLOTS - taken.size();
              edgesSeen = all.size();
            },
            error -> log.debug("the group of edges is not known", error));
  }

  /**
   * On the edge's thread, about once a second.
   *
   * @return whether the group is to assign slots anew, because another edge should have some of
   *     this one's
   */
  boolean lookAtStreams() {
    if (stopping) {
      return false;
    }
    Map<Integer, Boolean> connected = new TreeMap<>();
    for (Part each : parts.values()) {
      if (each.hadStream && each.holdsStream()) {
        ComponentLog.@Nullable StreamListener stream = each.stream();
        connected.merge(
            each.slot, stream != null && stream.isConnected(), (one, other) -> one || other);
      }
    }
    Set<Integer> ask = reach.look(System.nanoTime(), connected, edgesSeen > 1);
    if (ask.isEmpty()) {
      return false;
    }
    log.warn(
        "this process owns the streams of {}, and has not been able to connect them for some time:"
            + " another edge takes them over if it has no trouble itself",
        String.join(", ", names(part -> part.hadStream && ask.contains(part.slot))));
    return true;
  }

  /** On the edge's thread. */
  private Set<Integer> away(Set<Integer> used) {
    return reach.away(System.nanoTime(), used);
  }

  /** The partition of a message with this key. */
  int partition(byte[] key) {
    return Utils.toPositive(Utils.murmur2(key)) % settings.partitions();
  }

  /** Streams of one component have slots of their own. */
  static int slot(String domain, int stream) {
    return (hash(domain) % Topics.SLOTS + stream * STEP) % Topics.SLOTS;
  }

  private static int hash(String text) {
    return Utils.toPositive(Utils.murmur2(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Leaves the groups in order. Blocks for some seconds at most. */
  @Override
  public void close() {
    List<Thread> leaving = new ArrayList<>();
    for (PartitionLoop each : new PartitionLoop[] {edge, worker}) {
      if (each != null) {
        Thread thread = new Thread(each::close, "cluster-leave");
        thread.start();
        leaving.add(thread);
      }
    }
    for (Thread each : leaving) {
      try {
        each.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    clients.meters().close();
    dead.close();
    owners.close();
    appender.close();
    admin.close(Duration.ofSeconds(1));
  }

  /** One component's part. */
  final class Part implements ComponentLog {
    private final String domain;
    private final int number;
    private final int slot;
    private final AtomicInteger held = new AtomicInteger();
    private volatile @Nullable MessageListener listener;
    private volatile @Nullable StreamListener stream;

    /** Until what it held before may be taken again. */
    private volatile boolean leaving;

    private volatile boolean followed;

    /** Whether it had a stream here, which may have ended for good. */
    private volatile boolean hadStream;

    Part(String domain, int number) {
      this.domain = domain;
      this.number = number;
      this.slot = slot(domain, number);
      partsOfSlots.put(named(domain, slot), this);
      if (number == 0) {
        partsOfLanes.put(PartitionLanes.component(domain), this);
      }
    }

    String domain() {
      return domain;
    }

    /** Messages that it holds and that are not finished. */
    int held() {
      return held.get();
    }

    void hold(int more) {
      held.addAndGet(more);
    }

    @Nullable MessageListener listener() {
      return leaving ? null : listener;
    }

    /** Whether this process ever had the component. */
    boolean wasFollowed() {
      return followed;
    }

    @Nullable StreamListener stream() {
      return stream;
    }

    @Override
    public void follow(MessageListener told) {
      followed = true;
      listener = number == 0 ? told : null;
    }

    @Override
    public void follow(StreamListener told) {
      stream = told;
      hadStream = true;
    }

    @Override
    public void leave() {
      listener = null;
      stream = null;
      if (number == 0 && worker != null) {
        // What is acknowledged in a moment would be POSTed again.
        await(() -> held.get() == 0, LAST_ANSWERS);
        if (!stopping) {
          leaving = true;
          worker.again(domain, () -> leaving = false);
        }
      }
    }

    @Override
    public void append(
        String conversation, KeptStanza record, @Nullable RoomPlace place, Runnable acked) {
      Ownership owner = edge == null ? null : edge.ownerships().get(slot);
      boolean isLate = !holdsStream();
      if (isLate) {
        late.incrementAndGet();
      }
      byte[] key = conversation.getBytes(StandardCharsets.UTF_8);
      appender.append(
          topics.in(),
          partition(key),
          key,
          Codec.message(new ClusterMessage(domain, record, isLate, place)),
          () -> {
            if (!isLate && (owner == null || owner.isLost())) {
              // It was on its way for so long that another process may have been faster.
              late.incrementAndGet();
            }
            acked.run();
          });
    }

    @Override
    public boolean isFull() {
      return appender.bytes() > MAX_UNREPLICATED || (edge != null && edge.isUncertain(slot));
    }

    @Override
    public int streamOf(String person) {
      return settings.edges() == 1 ? 0 : hash(person) % settings.edges();
    }

    @Override
    public void handOver(int to, ReplySet answer) {
      if (!isFull()) {
        append(to, answer, () -> {});
      }
    }

    @Override
    public void reply(String person, ReplySet replies, Runnable acked) {
      append(streamOf(person), replies, acked);
    }

    private void append(int to, ReplySet replies, Runnable acked) {
      appender.appendIfItFits(
          topics.out(),
          slot(domain, to),
          domain.getBytes(StandardCharsets.UTF_8),
          Codec.replies(replies),
          acked);
    }

    @Override
    public void bury(Taken taken, Burial why, Runnable acked) {
      dead.bury(taken, why, acked);
    }

    @Override
    public boolean mayBegin(Taken taken) {
      return worker != null && worker.mayBegin(taken.ownership());
    }

    @Override
    public void finish(Taken taken) {
      held.decrementAndGet();
      if (worker != null) {
        worker.finish(taken.ownership(), taken.offset());
      }
    }

    @Override
    public void letGo(Taken taken) {
      held.decrementAndGet();
      if (worker != null) {
        worker.letGo(taken.ownership());
      }
    }

    @Override
    public boolean holdsStream() {
      if (edge == null) {
        return false;
      }
      Ownership ownership = edge.ownerships().get(slot);
      return ownership != null && !ownership.isLost() && edge.isCertain();
    }

    @Override
    public DeadLetters deadLetters() {
      return dead.of(domain);
    }
  }
}
