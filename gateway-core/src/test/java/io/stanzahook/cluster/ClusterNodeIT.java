package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

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

  /** What comes to one component. */
  private static final class Component
      implements ComponentLog.MessageListener, ComponentLog.StreamListener {
    final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    final BlockingQueue<ReplySet> replies = new LinkedBlockingQueue<>();
    final ComponentLog log;

    Component(ClusterNode node) {
      log = node.component("gw.localhost");
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
    public void lost() {}

    @Override
    public Publisher<Void> write(ReplySet set) {
      replies.add(set);
      return Mono.empty();
    }

    void append(String id) throws InterruptedException {
      CountDownLatch acked = new CountDownLatch(1);
      log.append(
          "a\0b",
          new KeptStanza(id, 1, null, ("<message id='" + id + "'/>").getBytes(UTF_8), false),
          null,
          acked::countDown);
      assertThat(acked.await(MOST, TimeUnit.MILLISECONDS)).isTrue();
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
      assertThat(first.balance()).isTrue();
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
