package io.stanzahook.cluster;

import io.stanzahook.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;

/**
 * Kafka brokers as processes on this machine, each a controller too. Their jars come from Maven:
 * the build puts them into {@code gateway-core/target/kafka}; the property {@code stanzahook.kafka}
 * names another folder.
 */
public final class Brokers implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Kafka's own: so long a group waits for more members before its first assignment. */
  private static final Duration INITIAL_DELAY = Duration.ofSeconds(3);

  private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg";

  private final Path folder;
  private final List<String> before;
  private final String address;
  private final List<Integer> ports;
  private final List<Integer> controllers;
  private final List<Process> processes = new ArrayList<>();

  private Brokers(Path folder, int count, List<String> before, String address) {
    this.folder = folder;
    this.before = before;
    this.address = address;
    List<Integer> free = freePorts(2 * count);
    this.ports = free.subList(0, count);
    this.controllers = free.subList(count, 2 * count);
  }

  /** Starts so many and waits until all are there. */
  public static Brokers start(Path folder, int count) {
    return startAt(folder, count, List.of(), "127.0.0.1");
  }

  /**
   * The same, elsewhere.
   *
   * @param before what stands before a command that runs there
   * @param address where they listen, for whoever may reach that place
   */
  public static Brokers startAt(Path folder, int count, List<String> before, String address) {
    Brokers brokers = new Brokers(folder, count, before, address);
    try {
      for (int i = 0; i < count; i++) {
        brokers.format(i);
        brokers.processes.add(brokers.launch(i));
      }
      brokers.await();
    } catch (RuntimeException e) {
      brokers.close();
      throw e;
    }
    return brokers;
  }

  /** The folder with the brokers' jars. */
  static Path jars() {
    String named = System.getProperty("stanzahook.kafka");
    if (named != null) {
      return Path.of(named);
    }
    Path here = Path.of("target", "kafka").toAbsolutePath();
    return Files.isDirectory(here)
        ? here
        : Path.of("..", "gateway-core", "target", "kafka").toAbsolutePath().normalize();
  }

  /** For {@code --cluster}, and what else names brokers: {@code HOST:PORT,HOST:PORT}. */
  public String addresses() {
    return ports.stream().map(port -> address + ":" + port).collect(Collectors.joining(","));
  }

  public int count() {
    return processes.size();
  }

  /** The process of one, to be stopped and continued by its id. */
  public Process process(int broker) {
    return processes.get(broker);
  }

  /** Ends one at once. */
  public void kill(int broker) {
    processes.get(broker).destroyForcibly().onExit().join();
  }

  /** Starts one again, with what it has on disk. */
  public void restart(int broker) {
    processes.set(broker, launch(broker));
  }

  private void format(int broker) {
    try {
      Path home = Files.createDirectories(folder.resolve("broker-" + broker));
      Files.writeString(home.resolve("server.properties"), properties(broker, home));
      Files.writeString(home.resolve("log4j2.properties"), LOG);
      Process format =
          java(
                  home,
                  "kafka.tools.StorageTool",
                  "format",
                  "-t",
                  CLUSTER,
                  "-c",
                  home.resolve("server.properties").toString())
              .redirectOutput(home.resolve("format.log").toFile())
              .start();
      if (format.onExit().join().exitValue() != 0) {
        throw new IllegalStateException(
            "cannot format: " + Files.readString(home.resolve("format.log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch(int broker) {
    Path home = folder.resolve("broker-" + broker);
    try {
      return java(home, "kafka.Kafka", home.resolve("server.properties").toString())
          .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("broker.log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder java(Path home, String main, String... arguments) {
    Path jars = jars();
    if (!Files.isDirectory(jars)) {
      throw new IllegalStateException(
          "Kafka's jars are not in "
              + jars
              + ": build with mvn generate-test-resources, or name their folder with"
              + " -Dstanzahook.kafka");
    }
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Djava.net.preferIPv4Stack=true",
            "-Dlog4j2.configurationFile=" + home.resolve("log4j2.properties"),
            "-cp",
            jars + "/*",
            main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private String properties(int broker, Path home) {
    int count = ports.size();
    int replicas = Math.min(3, count);
    String voters =
        IntStream.range(0, count)
            .mapToObj(i -> (i + 1) + "@" + address + ":" + controllers.get(i))
            .collect(Collectors.joining(","));
    return """
        process.roles=broker,controller
        node.id=%d
        controller.quorum.voters=%s
        listeners=PLAINTEXT://%s:%d,CONTROLLER://%s:%d
        advertised.listeners=PLAINTEXT://%s:%d
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs=%s
        offsets.topic.replication.factor=%d
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=%d
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=2
        group.initial.rebalance.delay.ms=%d
        auto.create.topics.enable=false
        num.network.threads=2
        num.io.threads=4
        num.replica.fetchers=1
        log.cleaner.dedupe.buffer.size=4194304
        log.segment.bytes=16777216
        """
        .formatted(
            broker + 1,
            voters,
            address,
            ports.get(broker),
            address,
            controllers.get(broker),
            address,
            ports.get(broker),
            home.resolve("data"),
            replicas,
            replicas,
            count == 1 ? 0 : INITIAL_DELAY.toMillis());
  }

  private static final String LOG =
      """
      rootLogger.level=warn
      rootLogger.appenderRef.out.ref=out
      appender.out.type=Console
      appender.out.name=out
      appender.out.layout.type=PatternLayout
      appender.out.layout.pattern=%d %p %c %m%n
      """;

  private void await() {
    long end = System.nanoTime() + START.toNanos();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", addresses()))) {
      while (true) {
        int there = 0;
        try {
          there = admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
        } catch (ExecutionException | TimeoutException e) {
          // Not yet.
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        if (there == ports.size()) {
          return;
        }
        if (System.nanoTime() - end > 0
            || processes.stream().anyMatch(process -> !process.isAlive())) {
          throw new IllegalStateException("the brokers do not start; their logs are in " + folder);
        }
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      }
    }
  }

  /** Whether all are there, and each partition has all its replicas in step. */
  public boolean areInStep() {
    for (int port : ports) {
      // One that starts listens once its own state is known to the others.
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(address, port), (int) ANSWER.toMillis());
      } catch (IOException e) {
        return false;
      }
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", addresses()))) {
      Set<String> topics =
          admin
              .listTopics(new ListTopicsOptions().listInternal(true))
              .names()
              .get(ANSWER.toSeconds(), TimeUnit.SECONDS);
      return admin
          .describeTopics(topics)
          .allTopicNames()
          .get(ANSWER.toSeconds(), TimeUnit.SECONDS)
          .values()
          .stream()
          .flatMap(topic -> topic.partitions().stream())
          .allMatch(partition -> partition.isr().size() == partition.replicas().size());
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ports that were free a moment ago, no two the same. A broker gets its own again later. */
  private static List<Integer> freePorts(int count) {
    return IntStream.generate(Ports::free).distinct().limit(count).boxed().toList();
  }

  /** Ends all of them. */
  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}
