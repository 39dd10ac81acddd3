package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** On one real broker. */
class ClusterNodeIT {
  private static final long MOST = Duration.ofMinutes(2).toMillis();
  private static final Burial WHY = new Burial(1, 1, "status_500", "gone", "No.", 500, "");

  @TempDir private static Path folder;
  private static Brokers brokers;

  @BeforeAll
  static void start() {
    brokers = Brokers.start(folder, 1);
  }

  @AfterAll
  static void stop() {
    brokers.close();
  }

  private static ClusterSettings settings(String prefix, int partitions) {
    return new ClusterSettings(
        ClusterAddress.parse("kafka://" + brokers.addresses() + "/" + prefix),
        ClusterRole.ALL,
        null,
        partitions,
        null,
        1);
  }

  private static ClusterNode open(ClusterSettings settings) throws ClusterException {
    return requireNonNull(ClusterNode.open(settings, Duration.ofDays(3), 512 * 1024, () -> false));
  }

  private static ClusterNode open(ClusterSettings settings, Duration patience)
      throws ClusterException {
    return requireNonNull(
        ClusterNode.open(
            settings, Duration.ofDays(3), 512 * 1024, () -> false, patience, patience));
  }

  /** What comes to one component. */
  private static final class Component
      implements ComponentLog.MessageListener, ComponentLog.StreamListener {
    final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    final BlockingQueue<ReplySet> replies = new LinkedBlockingQueue<>();
    final AtomicInteger streamsLost = new AtomicInteger();
    final ComponentLog log;

    /** While it is false, what is to be written waits. */
    volatile boolean connected = true;

    volatile boolean ended;

    private final Sinks.Empty<Void> gone = Sinks.empty();

    Component(ClusterNode node) {
      this(node, "gw.localhost");
    }

    Component(ClusterNode node, String domain) {
      log = node.component(domain);
      follow();
    }

    void follow() {
      log.follow((ComponentLog.MessageListener) this);
      log.follow((ComponentLog.StreamListener) this);
    }

    @Override
    public void arrived(List<Taken> messages) {
      taken.addAll(messages);
    }

    @Override
    public void release(Set<Ownership> those) {}

    @Override
    public void lost(Set<Ownership> those) {
      taken.removeIf(each -> those.contains(each.ownership()));
    }

    @Override
    public boolean hasEnded() {
      return ended;
    }

    /** The component ends here; its stream was not connected. */
    void end() {
      ended = true;
      gone.tryEmitError(new IllegalStateException("the stream has ended"));
    }

    ReplySet answer() throws InterruptedException {
      return requireNonNull(replies.poll(MOST, TimeUnit.MILLISECONDS), "no reply came");
    }

    @Override
    public void lost() {
      streamsLost.incrementAndGet();
      gone.tryEmitError(new IllegalStateException("the stream is another process's"));
    }

    @Override
    public boolean isConnected() {
      return connected;
    }

    @Override
    public Publisher<Void> write(ReplySet set) {
      replies.add(set);
      return connected ? Mono.empty() : gone.asMono();
    }

    void append(String id) throws InterruptedException {
      append(List.of(id), each -> "a\0b");
    }

    void append(List<String> ids, UnaryOperator<String> conversation) throws InterruptedException {
      CountDownLatch acked = new CountDownLatch(ids.size());
      for (String id : ids) {
        log.append(
            conversation.apply(id),
            new KeptStanza(id, 1, null, ("<message id='" + id + "'/>").getBytes(UTF_8), false),
            null,
            acked::countDown);
      }
      assertThat(acked.await(MOST, TimeUnit.MILLISECONDS)).isTrue();
    }

    List<Taken> take(int count) throws InterruptedException {
      List<Taken> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(take());
      }
      return all;
    }

    Taken take() throws InterruptedException {
      return requireNonNull(taken.poll(MOST, TimeUnit.MILLISECONDS), "nothing was taken");
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.currentTimeMillis() + MOST;
    while (!condition.getAsBoolean()) {
      assertThat(System.currentTimeMillis()).isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static String id(Taken taken) {
    return taken.message().record().webhookId();
  }

  @Test
  void whatIsNotFinishedIsTakenByTheNext_inOrder_andWhatIsFinishedIsNot() throws Exception {
    try (ClusterNode first = open(settings("takeover", 3))) {
      Component component = new Component(first);
      first.start();
      await(component.log::holdsStream);
      for (int i = 0; i < 5; i++) {
        component.append("m" + i);
      }
      List<Taken> taken = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        taken.add(component.take());
      }
      assertThat(taken).extracting(ClusterNodeIT::id).containsExactly("m0", "m1", "m2", "m3", "m4");
      assertThat(taken).allSatisfy(each -> assertThat(component.log.mayBegin(each)).isTrue());
      component.log.finish(taken.get(0));
      component.log.finish(taken.get(2));
      taken.forEach(each -> assertThat(each.message().late()).isFalse());
      component.log.letGo(taken.get(1));
      component.log.letGo(taken.get(3));
      component.log.letGo(taken.get(4));
    }
    try (ClusterNode second = open(settings("takeover", 3))) {
      Component component = new Component(second);
      second.start();
      List<Taken> taken = List.of(component.take(), component.take(), component.take());
      assertThat(taken).extracting(ClusterNodeIT::id).containsExactly("m1", "m3", "m4");
      taken.forEach(component.log::finish);
      await(() -> second.figures().lag() == 0);
    }
  }

  private static List<String> ids(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i).toList();
  }

  /** Its webhook is down: it holds its share of the places, and finishes nothing. */
  @Test
  void aComponentThatHoldsItsShareDoesNotStopTheOthers_andGetsTheRestInOrder() throws Exception {
    int share = WorkerLoop.share(2);
    try (ClusterNode node = open(settings("share", 1))) {
      Component slow = new Component(node, "slow.localhost");
      Component fast = new Component(node, "fast.localhost");
      node.start();
      await(fast.log::holdsStream);
      slow.append(ids("s", share + 700), each -> each);
      fast.append(ids("f", 10), each -> "fast");
      List<Taken> taken = fast.take(10);
      assertThat(taken).extracting(ClusterNodeIT::id).isEqualTo(ids("f", 10));
      taken.forEach(fast.log::finish);
      List<Taken> first = slow.take(share);
      assertThat(slow.taken).isEmpty();
      await(() -> node.figures().lag() >= 700);
      first.forEach(slow.log::finish);
      List<Taken> rest = slow.take(700);
      assertThat(rest)
          .extracting(ClusterNodeIT::id)
          .isEqualTo(ids("s", share + 700).subList(share, share + 700));
      rest.forEach(slow.log::finish);
      await(() -> node.figures().lag() == 0);
    }
  }

  @Test
  void aComponentThatIsStartedAnewGetsItsOwnMessagesAgain_andNobodyElseDoes() throws Exception {
    try (ClusterNode node = open(settings("anew", 1))) {
      Component one = new Component(node, "one.localhost");
      Component other = new Component(node, "other.localhost");
      node.start();
      await(one.log::holdsStream);
      one.append(ids("o", 4), each -> "one");
      other.append(ids("x", 4), each -> "other");
      List<Taken> taken = one.take(4);
      List<Taken> others = other.take(4);
      // The first is acknowledged while the component ends, and the others are let go.
      one.log.reply(
          "a@b",
          ReplySet.to(taken.get(0), System.currentTimeMillis() + MOST, List.of("<message/>")),
          () -> one.log.finish(taken.get(0)));
      taken.subList(1, 4).forEach(one.log::letGo);
      one.log.leave();
      one.append(List.of("o4"), each -> "one");
      one.follow();
      List<Taken> again = one.take(4);
      assertThat(again).extracting(ClusterNodeIT::id).containsExactly("o1", "o2", "o3", "o4");
      assertThat(others).allSatisfy(each -> assertThat(other.log.mayBegin(each)).isTrue());
      again.forEach(one.log::finish);
      others.forEach(other.log::finish);
      await(() -> node.figures().lag() == 0);
      assertThat(other.taken).isEmpty();
    }
  }

  /** Whatever Kafka's clients measure, the page has it, and there is one series of it a client. */
  @Test
  void theMetersOfKafkasClientsAreThoseOfThePage() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "operate", "metrics.md"));
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (ClusterNode node = open(settings("meters", 3))) {
      node.bindClients(registry);
      Component component = new Component(node);
      node.start();
      await(component.log::holdsStream);
      component.append("m");
      component.log.finish(component.take());
      await(() -> registry.scrape().contains("kafka_consumer_coordinator_rebalance_total"));
      List<String> series =
          registry.scrape().lines().filter(line -> line.startsWith("kafka_")).toList();
      assertThat(series)
          .allSatisfy(
              line -> {
                assertThat(line)
                    .matches(
                        "[a-z_]+\\{client=\"(append|worker|edge)\",client_id=\"stanzahook\",kafka_version=\"[^\"]+\"} .*");
                assertThat(page).contains("`" + line.substring(0, line.indexOf('{')) + "`");
              });
      assertThat(series).hasSizeGreaterThan(ClientMeters.NAMES.size());
      assertThat(registry.getMeters())
          .extracting(each -> each.getId().getName())
          .containsAll(ClientMeters.NAMES);
    }
    assertThat(registry.scrape()).doesNotContain("kafka_");
  }

  /** What waits to be written there is written by the other one. */
  @Test
  void anEdgeThatDoesNotReachTheServerGivesItsStreamsToOneThatDoes() throws Exception {
    ClusterSettings settings = settings("reach", 3);
    Duration patience = Duration.ofMillis(500);
    try (ClusterNode first = open(settings, patience);
        ClusterNode second = open(settings, patience)) {
      Component cut = new Component(first);
      Component other = new Component(second);
      first.start();
      await(cut.log::holdsStream);
      cut.connected = false;
      ReplySet waits =
          ReplySet.of(
              "gw.localhost", System.currentTimeMillis() + MOST, List.of("<message id='w'/>"));
      cut.log.reply("ann@localhost", waits, () -> {});
      assertThat(cut.replies.poll(MOST, TimeUnit.MILLISECONDS)).isEqualTo(waits);
      assertThat(first.figures().slotsOwned()).as("nobody else is there").isEqualTo(Topics.SLOTS);
      second.start();
      await(other.log::holdsStream);
      assertThat(other.replies.poll(MOST, TimeUnit.MILLISECONDS)).isEqualTo(waits);
      assertThat(cut.log.holdsStream()).isFalse();
      assertThat(first.figures().slotsOwned()).as("only this one moved").isEqualTo(15);
    }
  }

  @Test
  void balanceWaitsForAnEdgeThatIsJustComing() throws Exception {
    try (ClusterNode first = open(settings("coming", 3));
        ClusterNode second = open(settings("coming", 3))) {
      Component component = new Component(first);
      new Component(second);
      first.advertise("http://first");
      first.start();
      await(component.log::holdsStream);
      var asked = requireNonNull(first.balance()).toFuture();
      second.start();
      Balance balance = asked.get(MOST, TimeUnit.MILLISECONDS);
      assertThat(balance.edges()).hasSize(2);
      assertThat(balance.edges())
          .filteredOn(edge -> !edge.streams().isEmpty())
          .singleElement()
          .satisfies(edge -> assertThat(edge.streams()).containsExactly("gw.localhost"));
      assertThat(balance.moved()).as("each has its share without it").isEmpty();
    }
  }

  @Test
  void anEdgeThatComesLaterGetsStreamsOnlyIfBalanceIsAskedFor() throws Exception {
    try (ClusterNode first = open(settings("balance", 3));
        ClusterNode second = open(settings("balance", 3))) {
      Component component = new Component(first);
      new Component(second);
      first.advertise("http://first");
      second.advertise("http://second");
      first.start();
      await(() -> first.figures().slotsOwned() == Topics.SLOTS);
      second.start();
      component.append("m");
      await(() -> first.figures().partitions() < 3 && second.figures().partitions() > 0);
      assertThat(first.figures().slotsOwned()).isEqualTo(Topics.SLOTS);
      await(() -> ownerOf(second).equals("http://first"));
      assertThat(first.owner("gw.localhost")).as("itself").isNull();
      requireNonNull(first.balance()).subscribe();
      // The slot that a component has, and the others, are shared each for themselves.
      await(
          () ->
              second.figures().slotsOwned() >= Topics.SLOTS / 2 - 1
                  && first.figures().slotsOwned() + second.figures().slotsOwned() == Topics.SLOTS);
    }
  }

  private static String ownerOf(ClusterNode seenBy) {
    SlotOwner owner = seenBy.owner("gw.localhost");
    return owner == null ? "" : owner.url();
  }

  @Test
  void anEdgeThatTheGroupForgot_keepsTheStreamUntilItOwnsItAgain() throws Exception {
    ClusterSettings settings = settings("forgotten", 1);
    String group = "forgotten.edge";
    try (ClusterNode node = open(settings);
        Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.addresses()))) {
      Component component = new Component(node);
      node.start();
      await(component.log::holdsStream);
      Set<String> before = members(admin, group);
      // What the brokers do with all members if none of them was heard of for long.
      admin
          .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get(MOST, TimeUnit.MILLISECONDS);
      await(
          () -> {
            Set<String> now = members(admin, group);
            return now.size() == 1 && !now.equals(before) && component.log.holdsStream();
          });
      assertThat(component.streamsLost).hasValue(0);
      assertThat(component.log.isFull()).isFalse();
      component.append("m0");
      assertThat(id(component.take())).isEqualTo("m0");
    }
  }

  private static Set<String> members(Admin admin, String group) {
    try {
      return requireNonNull(
              admin
                  .describeClassicGroups(List.of(group))
                  .all()
                  .get(MOST, TimeUnit.MILLISECONDS)
                  .get(group))
          .members()
          .stream()
          .map(MemberDescription::consumerId)
          .collect(Collectors.toSet());
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As after a start of the brokers: for a moment the producer knows nothing of the topic. */
  @Test
  void whatTheProducerDoesNotTakeYetIsNotOvertaken() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    List<byte[]> appended = ids("m", 20).stream().map(id -> id.getBytes(UTF_8)).toList();
    CountDownLatch acked = new CountDownLatch(appended.size());
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", (Object) brokers.addresses(), "max.block.ms", 50),
            new ByteArraySerializer(),
            new ByteArraySerializer()) {
          @Override
          public Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> sent, @Nullable Callback callback) {
            return super.send(
                sent,
                (metadata, error) -> {
                  refused.addAndGet(error == null ? 0 : 1);
                  requireNonNull(callback).onCompletion(metadata, error);
                });
          }
        };
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.addresses()));
        Appender appender = new Appender(producer, nanos -> {})) {
      appended.forEach(each -> appender.append("late.in", 0, each, each, acked::countDown));
      await(() -> refused.get() >= 3);
      admin
          .createTopics(List.of(new NewTopic("late.in", 1, (short) 1)))
          .all()
          .get(MOST, TimeUnit.MILLISECONDS);
      assertThat(acked.await(MOST, TimeUnit.MILLISECONDS)).isTrue();
    }
    List<String> read = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", (Object) brokers.addresses()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition only = new TopicPartition("late.in", 0);
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      await(
          () -> {
            consumer
                .poll(Duration.ofMillis(100))
                .forEach(each -> read.add(new String(each.value(), UTF_8)));
            return read.size() >= appended.size();
          });
    }
    assertThat(read).isEqualTo(ids("m", 20));
  }

  @Test
  void everyNodeKnowsWhoHoldsAStream_alsoAfterAFormerOwnerWroteLate() throws Exception {
    try (ClusterNode worker = open(settings("owners", 3))) {
      worker.advertise("http://worker");
      Component elsewhere = new Component(worker);
      try (ClusterNode edge = open(settings("owners", 3))) {
        edge.advertise("http://edge");
        new Component(edge);
        edge.start();
        await(() -> edge.figures().slotsOwned() == Topics.SLOTS);
        worker.start();
        await(() -> ownerOf(worker).equals("http://edge"));
        long epoch = requireNonNull(worker.owner("gw.localhost")).epoch();
        try (var producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) brokers.addresses()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
          for (int slot = 0; slot < Topics.SLOTS; slot++) {
            producer
                .send(
                    new ProducerRecord<>(
                        "owners.nodes",
                        Integer.toString(slot).getBytes(UTF_8),
                        Codec.owner(new SlotOwner("http://frozen", epoch + 9))))
                .get();
          }
        }
        await(
            () -> {
              SlotOwner owner = worker.owner("gw.localhost");
              return owner != null
                  && owner.url().equals("http://edge")
                  && owner.epoch() > epoch + 9;
            });
      }
      // It left in order, and the other one is the owner.
      await(() -> worker.owner("gw.localhost") == null && elsewhere.log.holdsStream());
    }
  }

  @Test
  void repliesComeToTheStreamOnce() throws Exception {
    try (ClusterNode node = open(settings("replies", 3))) {
      Component component = new Component(node);
      node.start();
      await(component.log::holdsStream);
      component.append("m");
      Taken taken = component.take();
      long expires = System.currentTimeMillis() + MOST;
      ReplySet set = ReplySet.to(taken, expires, List.of("<message/>"));
      component.log.reply("ann@localhost", set, () -> {});
      component.log.reply("ann@localhost", set, () -> component.log.finish(taken));
      component.log.reply(
          "ann@localhost", ReplySet.of("gw.localhost", 1, List.of("<expired/>")), () -> {});
      component.log.reply(
          "ann@localhost", ReplySet.of("gw.localhost", expires, List.of("<last/>")), () -> {});
      assertThat(component.replies.poll(MOST, TimeUnit.MILLISECONDS)).isEqualTo(set);
      assertThat(requireNonNull(component.replies.poll(MOST, TimeUnit.MILLISECONDS)).stanzas())
          .containsExactly("<last/>");
    }
  }

  private static ReplySet replies(String domain, String webhookId, int generation) {
    return new ReplySet(
        domain,
        webhookId,
        0,
        1,
        generation,
        System.currentTimeMillis() + MOST,
        List.of("<message id='" + webhookId + "'/>"));
  }

  /** Each slot is read for itself, and one may be read later than another. */
  @Test
  void repliesOfAFormerOwnerAreDroppedBehindThoseOfItsSuccessor_butNotInOtherSlots()
      throws Exception {
    try (ClusterNode node = open(settings("successor", 1))) {
      Component one = new Component(node, "one.localhost");
      Component other = new Component(node, "other.localhost");
      assertThat(ClusterNode.slot("one.localhost", 0))
          .isNotEqualTo(ClusterNode.slot("other.localhost", 0));
      node.start();
      await(one.log::holdsStream);
      one.log.reply("a@b", replies("one.localhost", "r1", 7), () -> {});
      assertThat(one.answer().webhookId()).isEqualTo("r1");
      one.log.reply("a@b", replies("one.localhost", "r2", 5), () -> {});
      other.log.reply("a@b", replies("other.localhost", "r3", 5), () -> {});
      one.log.reply("a@b", replies("one.localhost", "r4", 7), () -> {});
      assertThat(other.answer().webhookId()).isEqualTo("r3");
      assertThat(one.answer().webhookId()).isEqualTo("r4");
    }
  }

  /** As after an outage of all brokers, with an XMPP server that is away, too. */
  @Test
  void whatWaitsForTheStreamIsNotTakenForWritten_whenTheEdgeWasForgotten() throws Exception {
    ClusterSettings settings = settings("unwritten", 1);
    String group = "unwritten.edge";
    try (ClusterNode node = open(settings);
        Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.addresses()))) {
      Component component = new Component(node);
      component.connected = false;
      node.start();
      await(component.log::holdsStream);
      component.log.reply("a@b", replies("gw.localhost", "r1", 5), () -> {});
      assertThat(component.answer().webhookId()).isEqualTo("r1");
      component.log.reply("a@b", replies("gw.localhost", "r2", 7), () -> {});
      assertThat(component.answer().webhookId()).isEqualTo("r2");
      Set<String> before = members(admin, group);
      admin
          .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get(MOST, TimeUnit.MILLISECONDS);
      await(
          () -> {
            Set<String> now = members(admin, group);
            return now.size() == 1 && !now.equals(before) && component.log.holdsStream();
          });
      component.log.reply("a@b", replies("gw.localhost", "r3", 7), () -> {});
      assertThat(component.answer().webhookId()).as("r1 and r2 wait already").isEqualTo("r3");
    }
    try (ClusterNode node = open(settings)) {
      Component component = new Component(node);
      node.start();
      for (String id : List.of("r1", "r2", "r3")) {
        assertThat(component.answer().webhookId()).isEqualTo(id);
      }
    }
  }

  /** As a reload does it. */
  @Test
  void whatAComponentHasNotWrittenWhenItEnds_isWrittenByTheOneThatFollows() throws Exception {
    try (ClusterNode node = open(settings("ended", 1))) {
      Component before = new Component(node);
      before.connected = false;
      node.start();
      await(before.log::holdsStream);
      before.log.reply("a@b", replies("gw.localhost", "r1", 5), () -> {});
      before.log.reply("a@b", replies("gw.localhost", "r2", 7), () -> {});
      assertThat(before.answer().webhookId()).isEqualTo("r1");
      assertThat(before.answer().webhookId()).isEqualTo("r2");
      before.end();
      before.log.leave();
      Component next = new Component(node);
      assertThat(next.answer().webhookId()).isEqualTo("r1");
      assertThat(next.answer().webhookId()).isEqualTo("r2");
    }
  }

  /** Components may have servers of their own. */
  @Test
  void oneStreamThatIsDownDoesNotStopTheRepliesOfOthers() throws Exception {
    try (ClusterNode node = open(settings("down", 1))) {
      Component down = new Component(node, "one.localhost");
      down.connected = false;
      Component other = new Component(node, "other.localhost");
      node.start();
      await(other.log::holdsStream);
      CountDownLatch acked = new CountDownLatch(6000);
      for (int i = 0; i < 6000; i++) {
        down.log.reply("a@b", replies("one.localhost", "d" + i, 1), acked::countDown);
      }
      assertThat(acked.await(MOST, TimeUnit.MILLISECONDS)).isTrue();
      for (int i = 0; i < 50; i++) {
        other.log.reply("a@b", replies("other.localhost", "o" + i, 1), () -> {});
        assertThat(other.answer().webhookId()).isEqualTo("o" + i);
      }
    }
  }

  @Test
  void repliesForAComponentThatNobodyHasDoNotStopThoseOfOthersForLong() throws Exception {
    String same =
        IntStream.iterate(0, i -> i + 1)
            .mapToObj(i -> "nobody" + i + ".localhost")
            .filter(each -> ClusterNode.slot(each, 0) == ClusterNode.slot("gw.localhost", 0))
            .findFirst()
            .orElseThrow();
    try (ClusterNode node = open(settings("nobody", 1), Duration.ofSeconds(1))) {
      Component component = new Component(node);
      node.start();
      await(component.log::holdsStream);
      node.component(same).reply("a@b", replies(same, "lost", 1), () -> {});
      component.log.reply("a@b", replies("gw.localhost", "r", 1), () -> {});
      assertThat(component.answer().webhookId()).isEqualTo("r");
    }
  }

  @Test
  void aDeadLetterIsRedeliveredAsOneStep_orDiscarded() throws Exception {
    try (ClusterNode node = open(settings("dead", 3))) {
      Component component = new Component(node);
      node.start();
      await(component.log::holdsStream);
      component.append("m");
      Taken taken = component.take();
      component.log.bury(taken, WHY, () -> component.log.finish(taken));
      await(() -> component.log.deadLetters().find("m").block() != null);
      assertThat(component.log.deadLetters().newest(Long.MAX_VALUE, 10).block())
          .singleElement()
          .satisfies(letter -> assertThat(letter.burial()).isEqualTo(WHY));
      assertThat(node.component("other.localhost").deadLetters().find("m").block()).isNull();
      assertThat(component.log.deadLetters().redeliver("m").block()).isNotNull();
      Taken again = component.take();
      assertThat(id(again)).isEqualTo("m");
      assertThat(again.message().record().redelivered()).isTrue();
      assertThat(again.conversation()).isEqualTo("a\0b");
      assertThat(component.log.deadLetters().find("m").block()).isNull();
      component.log.bury(again, WHY, () -> component.log.finish(again));
      await(() -> component.log.deadLetters().find("m").block() != null);
      assertThat(component.log.deadLetters().discard("m").block()).isTrue();
      assertThat(component.log.deadLetters().discard("m").block()).isFalse();
    }
  }

  @Test
  void topicsThatAreNotAsTheyShouldBeAreRefusedWithTheRemedy() throws Exception {
    open(settings("wrong", 3)).close();
    assertThat(ClusterNode.check(settings("wrong", 3), Duration.ofDays(3), 512 * 1024))
        .singleElement()
        .asString()
        .startsWith("there are 1 brokers");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.addresses()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, "wrong.in"),
                  List.of(set("retention.ms", "3600000"), set("max.message.bytes", "100000"))))
          .all()
          .get();
    }
    assertThatThrownBy(() -> open(settings("wrong", 4)))
        .isInstanceOfSatisfying(
            ClusterException.class,
            e ->
                assertThat(e.problems())
                    .hasSize(3)
                    .anyMatch(each -> each.contains("set ‹cluster-partitions› 3, or"))
                    .anyMatch(each -> each.contains("--add-config retention.ms=" + 96L * 3_600_000))
                    .anyMatch(each -> each.contains("--add-config max.message.bytes=")));
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  @Test
  void withoutBrokersItWaitsUntilItIsStopped() throws Exception {
    ClusterSettings nowhere =
        new ClusterSettings(
            ClusterAddress.parse("kafka://127.0.0.1:1/p"), ClusterRole.ALL, null, 3, null, 1);
    int[] looks = new int[1];
    assertThat(ClusterNode.open(nowhere, Duration.ZERO, 1, () -> looks[0]++ > 0)).isNull();
    assertThatThrownBy(() -> ClusterNode.check(nowhere, Duration.ZERO, 1))
        .hasMessageContaining("do not answer");
  }
}
