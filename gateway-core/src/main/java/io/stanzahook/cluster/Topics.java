package io.stanzahook.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** The topics of a cluster: created if they are missing, and checked. */
final class Topics {
  /** Partitions of the topic of replies: who owns one holds the streams of its components. */
  static final int SLOTS = 16;

  /** Replicas, where there are so many brokers. */
  private static final int REPLICAS = 3;

  private static final int IN_SYNC = 2;

  /** Messages are kept for this long beyond the time in which they are tried. */
  static final Duration MARGIN = Duration.ofHours(24);

  /** Messages are kept for at least this long if the topic is created here. */
  private static final Duration KEPT = Duration.ofDays(7);

  /** Replies are kept for this long if the topic is created here. */
  private static final Duration REPLIES_KEPT = Duration.ofDays(3);

  /** What a record has beyond its stanza: at most. */
  private static final int BESIDE_STANZA = 16 * 1024;

  /** How long the brokers may take to answer. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private final String prefix;
  private final int partitions;
  private final Duration retryFor;
  private final int maxStanza;

  /**
   * The topics as they should be.
   *
   * @param retryFor how long messages are tried
   * @param maxStanza the maximum number of bytes of a message
   */
  Topics(ClusterSettings settings, Duration retryFor, int maxStanza) {
    this.prefix = settings.address().prefix();
    this.partitions = settings.partitions();
    this.retryFor = retryFor;
    this.maxStanza = maxStanza;
  }

  String in() {
    return prefix + ".in";
  }

  String out() {
    return prefix + ".out";
  }

  String dead() {
    return prefix + ".dead";
  }

  String nodes() {
    return prefix + ".nodes";
  }

  /** One topic as it should be. */
  private record Wanted(int partitions, boolean compact, Duration kept) {}

  private Map<String, Wanted> wanted() {
    Map<String, Wanted> all = new LinkedHashMap<>();
    Duration least = retryFor.plus(MARGIN);
    all.put(in(), new Wanted(partitions, false, least.compareTo(KEPT) > 0 ? least : KEPT));
    all.put(out(), new Wanted(SLOTS, false, REPLIES_KEPT));
    all.put(dead(), new Wanted(1, true, Duration.ZERO));
    all.put(nodes(), new Wanted(1, true, Duration.ZERO));
    return all;
  }

  /**
   * Creates those that are missing, and checks all.
   *
   * @param notes is given what should be known, one line each
   * @throws ClusterException with all problems
   * @throws ExecutionException if the brokers do not answer
   */
  void prepare(Admin admin, boolean create, Collection<String> notes)
      throws ClusterException, ExecutionException, InterruptedException, TimeoutException {
    int brokers = get(admin.describeCluster().nodes()).size();
    Map<String, Wanted> wanted = wanted();
    List<String> missing = new ArrayList<>(wanted.keySet());
    missing.removeAll(get(admin.listTopics().names()));
    if (create) {
      create(admin, wanted, missing, brokers);
    } else {
      missing.forEach(topic -> notes.add("topic " + topic + " will be created"));
      missing.forEach(wanted::remove);
    }
    if (brokers < REPLICAS) {
      notes.add(
          "there are %d brokers, so a message may be lost with one of them; %d keep it"
              .formatted(brokers, REPLICAS));
    }
    List<String> problems = new ArrayList<>();
    Map<String, TopicDescription> described =
        get(admin.describeTopics(wanted.keySet()).allTopicNames());
    Map<ConfigResource, Config> configs =
        get(
            admin
                .describeConfigs(
                    wanted.keySet().stream()
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList())
                .all());
    wanted.forEach(
        (topic, want) ->
            check(
                topic,
                want,
                described.get(topic),
                configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic)),
                brokers,
                problems));
    if (!problems.isEmpty()) {
      throw new ClusterException(problems);
    }
  }

  private static void create(
      Admin admin, Map<String, Wanted> wanted, List<String> missing, int brokers)
      throws ExecutionException, InterruptedException, TimeoutException {
    short replicas = (short) Math.min(REPLICAS, brokers);
    List<NewTopic> created = new ArrayList<>();
    for (String topic : missing) {
      Wanted want = wanted.get(topic);
      if (want != null) {
        Map<String, String> config = new HashMap<>();
        config.put("min.insync.replicas", String.valueOf(replicas >= REPLICAS ? IN_SYNC : 1));
        config.put("cleanup.policy", want.compact() ? "compact" : "delete");
        if (!want.compact()) {
          config.put("retention.ms", String.valueOf(want.kept().toMillis()));
        }
        created.add(new NewTopic(topic, want.partitions(), replicas).configs(config));
      }
    }
    for (KafkaFuture<Void> each : admin.createTopics(created).values().values()) {
      try {
        get(each);
      } catch (ExecutionException e) {
        // Another process was faster.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private void check(
      String topic,
      Wanted want,
      @Nullable TopicDescription is,
      @Nullable Config config,
      int brokers,
      List<String> problems) {
    if (is == null || config == null) {
      problems.add("topic " + topic + " cannot be described; check what this user may do");
      return;
    }
    int count = is.partitions().size();
    if (count != want.partitions()) {
      problems.add(
          topic.equals(in())
              ? "topic %s has %d partitions, and ‹cluster-partitions› is %d: set ‹cluster-partitions› %d, or choose another prefix"
                  .formatted(topic, count, want.partitions(), count)
              : "topic %s has %d partitions, not %d: it is not Stanzahook's; choose another prefix"
                  .formatted(topic, count, want.partitions()));
    }
    int replicas =
        is.partitions().stream().mapToInt(each -> each.replicas().size()).min().orElse(0);
    if (replicas < Math.min(REPLICAS, brokers)) {
      problems.add(
          "topic %s has %d replicas, not %d: reassign its partitions (kafka-reassign-partitions)"
              .formatted(topic, replicas, Math.min(REPLICAS, brokers)));
    }
    if (replicas >= REPLICAS && number(config, "min.insync.replicas") < IN_SYNC) {
      problems.add(
          set(
              topic,
              "min.insync.replicas",
              String.valueOf(IN_SYNC),
              "a message could be lost with one broker"));
    }
    String policy = want.compact() ? "compact" : "delete";
    if (!policy.equals(text(config, "cleanup.policy"))) {
      problems.add(set(topic, "cleanup.policy", policy, "it is " + text(config, "cleanup.policy")));
    }
    long retention = number(config, "retention.ms");
    Duration least = retryFor.plus(MARGIN);
    if (topic.equals(in()) && retention >= 0 && retention < least.toMillis()) {
      problems.add(
          set(
              topic,
              "retention.ms",
              String.valueOf(least.toMillis()),
              "messages are tried for %s (‹retry-for›), and would be deleted after %s"
                  .formatted(shown(retryFor), shown(Duration.ofMillis(retention)))));
    }
    long most = number(config, "max.message.bytes");
    if (!topic.equals(nodes()) && most < maxStanza + BESIDE_STANZA) {
      problems.add(
          set(
              topic,
              "max.message.bytes",
              String.valueOf(maxStanza + BESIDE_STANZA),
              "a stanza may have " + maxStanza + " bytes (‹max-stanza›)"));
    }
  }

  private static String set(String topic, String name, String value, String why) {
    return "topic %s: %s must be %s, because %s: kafka-configs --alter --topic %s --add-config %s=%s"
        .formatted(topic, name, value, why, topic, name, value);
  }

  private static String shown(Duration time) {
    return time.toHours() >= 1 ? time.toHours() + " h" : time.toSeconds() + " s";
  }

  private static String text(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null || entry.value() == null
        ? ""
        : List.of(entry.value().split(",")).stream().sorted().collect(Collectors.joining(","));
  }

  private static long number(Config config, String name) {
    try {
      return Long.parseLong(text(config, name));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
  }
}
