package io.stanzahook.app.chaos;

import io.stanzahook.Ports;
import io.stanzahook.cluster.Brokers;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.wire.WireLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * A whole cluster on this machine: brokers, edges, workers and a Prosody, with users and a webhook.
 * Where network namespaces can be made, each node has a host of its own.
 */
final class ChaosCluster implements AutoCloseable {
  static final int EDGES = 2;
  static final int WORKERS = 3;
  private static final int BROKERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("chaos.patience", 240));
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final String DOMAIN = "gw.localhost";
  private static final String USERS = "users.localhost";
  private static final String SECRET = "chaos";
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final String jar;
  private final int rate;

  /** How long the gateway waits for the webhook. */
  private final Duration timeout;

  private final LoopResources loops = LoopResources.create("chaos", 1, true);
  private final ChaosLedger ledger = new ChaosLedger();
  private final @Nullable ClusterHosts hosts;

  /** This machine, as the nodes see it. */
  private final String here;

  private final ChaosWebhook webhook;
  private final Brokers brokers;
  private final int componentPort = Ports.free();
  private final Process prosody;
  private final List<ChaosNode> edges = new ArrayList<>();
  private final List<ChaosNode> workers = new ArrayList<>();
  private final ChaosUsers users;
  private int late;

  /** Iqs of the send API that were answered, and requests for them that were to come again. */
  private int asked;

  private int askedAgain;

  /**
   * Starts all.
   *
   * @param rate messages a second
   * @param patient whether the webhook always answers before the gateway's time-out
   */
  ChaosCluster(Path folder, String jar, int rate, boolean patient, long seed) throws IOException {
    this.folder = folder;
    this.jar = jar;
    this.rate = rate;
    this.timeout = patient ? ChaosRun.TIMEOUT.multipliedBy(20) : ChaosRun.TIMEOUT;
    this.hosts = ClusterHosts.create(EDGES + WORKERS);
    this.here = hosts == null ? LOOPBACK : hosts.here();
    this.webhook =
        new ChaosWebhook(ledger, seed, loops, here, patient ? null : timeout.multipliedBy(2));
    this.brokers = brokers(Files.createDirectories(folder.resolve("kafka")), hosts);
    this.prosody = prosody();
    Files.writeString(folder.resolve("tokens"), ChaosNode.TOKEN + "\n");
    Files.setPosixFilePermissions(
        folder.resolve("tokens"), PosixFilePermissions.fromString("rw-------"));
    for (int i = 0; i < EDGES + WORKERS; i++) {
      boolean edge = i < EDGES;
      String address = hosts == null ? LOOPBACK : hosts.address(i);
      ChaosNode node = new ChaosNode(edge, edge ? i : i - EDGES, i, address, folder);
      (edge ? edges : workers).add(node);
      start(node);
    }
    this.users =
        new ChaosUsers(
            new ComponentSettings(
                new HostPort(here, componentPort),
                USERS,
                SECRET,
                null,
                WireLimits.DEFAULTS,
                ComponentSettings.DEFAULT_OPEN_TIMEOUT,
                Duration.ofMinutes(5),
                100_000,
                Duration.ofMinutes(5)),
            loops,
            ledger,
            DOMAIN,
            rate,
            new Random(seed));
  }

  private static Brokers brokers(Path folder, @Nullable ClusterHosts hosts) {
    if (hosts == null) {
      return Brokers.start(folder, BROKERS);
    }
    try {
      return Brokers.startAt(folder, BROKERS, hosts.onBrokers(), hosts.brokers());
    } catch (RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  private Process prosody() throws IOException {
    Path home = Files.createDirectories(folder.resolve("prosody"));
    Files.createDirectories(home.resolve("certs"));
    Files.writeString(
        home.resolve("prosody.cfg.lua"),
        """
        run_as_root = true
        data_path = "%1$s/data"
        pidfile = "%1$s/prosody.pid"
        certificates = "%1$s/certs"
        log = { { levels = { min = "info" }, to = "console" } }
        interfaces = { "127.0.0.1" }
        component_interfaces = { "%6$s" }
        c2s_ports = {}
        c2s_direct_tls_ports = {}
        legacy_ssl_ports = {}
        http_ports = {}
        https_ports = {}
        component_ports = { %2$d }
        modules_enabled = { "posix" }
        modules_disabled = { "s2s", "tls" }
        component_conflict_resolve = "kick_old"
        VirtualHost "localhost"
        Component "%3$s"
          component_secret = "%5$s"
        Component "%4$s"
          component_secret = "%5$s"
        """
            .formatted(home, componentPort, DOMAIN, USERS, SECRET, here));
    return new ProcessBuilder(
            "/usr/bin/prosody", "--config", home.resolve("prosody.cfg.lua").toString(), "-F")
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile())
        .start();
  }

  /** Starts a node, also after its end. */
  void start(ChaosNode node) {
    node.start(
        hosts == null ? List.of() : hosts.on(node.index()),
        jar,
        List.of(
            "--server=" + here + ":" + componentPort,
            "--component=" + DOMAIN,
            "--secret=" + SECRET,
            "--post-url=" + webhook.url(),
            "--retry-max-wait=2s",
            "--timeout=" + timeout.toMillis() + "ms",
            "--cluster=kafka://" + brokers.addresses() + "/chaos",
            "--cluster-partitions=12",
            "--api-token-file=" + folder.resolve("tokens")));
  }

  List<ChaosNode> edges() {
    return edges;
  }

  List<ChaosNode> workers() {
    return workers;
  }

  List<ChaosNode> nodes() {
    List<ChaosNode> all = new ArrayList<>(edges);
    all.addAll(workers);
    return all;
  }

  Brokers brokers() {
    return brokers;
  }

  ChaosUsers users() {
    return users;
  }

  ChaosLedger ledger() {
    return ledger;
  }

  ChaosWebhook webhook() {
    return webhook;
  }

  /** Null where the nodes have no hosts of their own, so that the network cannot be cut. */
  @Nullable ClusterHosts hosts() {
    return hosts;
  }

  /** The edge that answered last. */
  ChaosNode owner() {
    return edges.get(users.isWithOddEdge() ? 1 : 0);
  }

  /** Messages that edges appended late, of all their lives. */
  int late() {
    return late;
  }

  /** Adds what each edge says and has not said before. */
  void countLate() {
    for (ChaosNode each : edges) {
      late += each.newLate();
    }
  }

  /** Iqs that were asked at a node and answered. */
  int asked() {
    return asked;
  }

  /** Every node gets an iq answered, by the edge that holds the stream; 503 says when it may. */
  void askAtEvery(List<ChaosNode> all) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (ChaosNode each : all) {
      while (true) {
        HttpResponse<String> answer = each.send("/rest/ping/" + USERS);
        if (answer != null && answer.statusCode() == 200) {
          expect(answer.body().contains("result"), answer.body());
          asked++;
          break;
        }
        if (answer != null) {
          expect(answer.statusCode() == 503, answer.statusCode() + ": " + answer.body());
          expect(answer.headers().firstValue("Retry-After").isPresent(), "no Retry-After");
        }
        askedAgain++;
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(each.name() + " cannot ask; the logs are in " + folder);
        }
        pause(Duration.ofMillis(300));
      }
    }
  }

  private void expect(boolean right, String what) {
    if (!right) {
      throw new AssertionError(
          "the send API does not answer as it should: %s; the logs are in %s"
              .formatted(what, folder));
    }
  }

  /**
   * Waits until all nodes serve, the brokers have caught up with each other and the users get an
   * answer: so that one fault is over before the next, and no silence counts for both.
   */
  void awaitCalm() throws InterruptedException {
    for (ChaosNode each : nodes()) {
      await(each.name() + " is not ready", each::isReady);
    }
    await("the brokers do not catch up with each other", brokers::areInStep);
    awaitAnswer();
  }

  /** Waits until an edge has answered a question that is asked now. */
  void awaitAnswer() throws InterruptedException {
    int question = users.ask();
    await(
        "no edge answers",
        () -> {
          boolean done = users.isAnswered(question);
          if (!done) {
            // The one before may have got lost.
            int unused = users.ask();
          }
          return done;
        });
  }

  /** Waits until that holds. */
  void await(String otherwise, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError(
            "%s: %s; the logs are in %s".formatted(otherwise, ledger.figures().json(), folder));
      }
      pause(LOOK);
    }
  }

  /** Waits until the webhook is not further behind than the messages of a second. */
  void awaitDelivered() throws InterruptedException {
    await("the workers do not catch up", () -> ledger.waiting() <= rate);
  }

  /** Waits until all is delivered, and nothing comes any more. */
  void awaitEnd() throws InterruptedException {
    await("not all is delivered", () -> ledger.allSafeAreAnswered() && isIdle());
    countLate();
  }

  private boolean isIdle() {
    int before = ledger.requests();
    try {
      pause(Duration.ofSeconds(3));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return ledger.requests() == before;
  }

  void pause(Duration time) throws InterruptedException {
    if (prosody.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("Prosody ended; its log is in " + folder);
    }
  }

  /** Stops a process, or lets it go on. */
  static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says on stderr how it stands. */
  void tell(String what) {
    System.err.printf(
        "%s: bounced %d, late %d, asked %d and %d again, %s%n",
        what, users.bounced(), late, asked, askedAgain, ledger.figures().json());
  }

  @Override
  public void close() {
    nodes().forEach(ChaosNode::kill);
    users.close(PATIENCE);
    prosody.destroyForcibly().onExit().join();
    brokers.close();
    webhook.stop();
    if (hosts != null) {
      hosts.close();
    }
    loops.disposeLater().block(PATIENCE);
  }
}
