package io.stanzahook.app.chaos;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.cluster.Brokers;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ComponentStream;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.wire.WireLimits;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * A whole cluster on this machine: brokers, edges, workers and a Prosody. Its parts are killed
 * (SIGKILL), frozen (SIGSTOP) and ended (SIGTERM) while users send messages, and every message is
 * accounted for. Where network namespaces can be made, each part has a host of its own, and is cut
 * off from others, too.
 *
 * <p>The users are a component of the same Prosody. Behind each {@link #PING_EVERY} messages goes a
 * question for what the gateway's component can do; the two edges answer differently. Messages
 * between two questions that the same edge answered were taken by that edge, so they are safe: they
 * have to be POSTed.
 *
 * <p>The send API is asked for an iq at every node, also while the edge that held the stream is
 * frozen: each of them gets it answered by the edge that holds the stream.
 *
 * <p>Arguments of the program: the jar, messages a second, seconds between two faults, how often
 * each kind of fault happens to each kind of process, and a seed. It prints {@link ChaosFigures},
 * and progress on stderr.
 */
final class ClusterChaosRun implements AutoCloseable {
  /** What is done to a process. */
  enum Fault {
    KILL,
    FREEZE,
    END
  }

  /** What it is done to. */
  enum Kind {
    EDGE,
    WORKER,
    BROKER
  }

  private static final int PING_EVERY = 50;
  private static final int CONVERSATIONS = 2000;
  private static final int EDGES = 2;
  private static final int WORKERS = 3;

  /** Longer than the session of a member of a group. */
  private final Duration frozen;

  private static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("chaos.patience", 240));
  private static final String DOMAIN = "gw.localhost";
  private static final String USERS = "users.localhost";
  private static final String SECRET = "chaos";
  private static final String TOKEN = "chaos-token";
  private static final String LOOPBACK = "127.0.0.1";

  /** Longer than a lease, by more than a machine that is busy may stand still. */
  private static final Duration LEASE = Duration.ofSeconds(8);

  /** Of a cut, as long as the lease may still be valid and beyond. */
  private static final Duration CUT = Duration.ofSeconds(13);

  /** This machine, as the nodes see it. */
  private final String here;

  private final Path folder;
  private final String jar;
  private final Random random;
  private final int rate;
  private final LoopResources loops = LoopResources.create("chaos", 1, true);
  private final ChaosLedger ledger = new ChaosLedger();
  private final ChaosWebhook webhook;
  private final @Nullable ClusterHosts hosts;
  private final Brokers brokers;
  private final Process prosody;
  private final int componentPort = Ports.free();
  private final List<Node> nodes = new ArrayList<>();
  private final ComponentStream users;
  private final int[] numbers = new int[CONVERSATIONS];
  private final Thread sender = new Thread(this::send, "users");
  private volatile boolean connected;
  private volatile boolean ending;

  /** What was sent since the last question that was answered, and the questions. */
  private final ArrayDeque<Object> sent = new ArrayDeque<>();

  private final List<int[]> since = new ArrayList<>();
  private @Nullable String lastEdge;
  private int questions;
  private int bounced;
  private int late;
  private int cutPosts;
  private int latePosts;

  /** Iqs of the send API that were answered, and requests for them that were to come again. */
  private int asked;

  private int askedAgain;

  /** The time without an answer, the longest. */
  private long silence;

  private long answeredAt = System.nanoTime();

  /** A question; null as long as there is no answer, empty where it bounced. */
  private static final class Question {
    final String id;
    @Nullable String edge;

    Question(String id) {
      this.id = id;
    }
  }

  /** A process of the gateway. */
  private static final class Node {
    final Kind kind;
    final int number;
    final int index;
    final String address;
    final int httpPort = Ports.free();
    @Nullable Process process;

    /** What it had counted when it was asked last. */
    int late;

    Node(Kind kind, int number, int index, String address) {
      this.kind = kind;
      this.number = number;
      this.index = index;
      this.address = address;
    }
  }

  ClusterChaosRun(Path folder, String jar, int rate, Duration frozen, long seed)
      throws IOException {
    this.folder = folder;
    this.jar = jar;
    this.rate = rate;
    this.frozen = frozen;
    this.random = new Random(seed);
    this.hosts = ClusterHosts.create(EDGES + WORKERS);
    this.here = hosts == null ? LOOPBACK : hosts.here();
    this.webhook = new ChaosWebhook(ledger, seed, loops, here);
    this.brokers = brokers(Files.createDirectories(folder.resolve("kafka")), hosts);
    this.prosody = prosody();
    for (int i = 0; i < EDGES + WORKERS; i++) {
      boolean isEdge = i < EDGES;
      nodes.add(
          new Node(
              isEdge ? Kind.EDGE : Kind.WORKER,
              isEdge ? i : i - EDGES,
              i,
              hosts == null ? LOOPBACK : hosts.address(i)));
    }
    for (Node node : nodes) {
      start(node);
    }
    this.users =
        new ComponentStream(
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
            new StreamListener() {
              @Override
              public void status(StreamStatus status, @Nullable String detail) {
                connected = status == StreamStatus.CONNECTED;
              }
            });
    users.stanzas().subscribe(this::received, error -> {});
  }

  private static Brokers brokers(Path folder, @Nullable ClusterHosts hosts) {
    if (hosts == null) {
      return Brokers.start(folder, 3);
    }
    try {
      return Brokers.startAt(folder, 3, hosts.onBrokers(), hosts.brokers());
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

  private void start(Node node) {
    Path tokens = folder.resolve("tokens");
    try {
      if (!Files.exists(tokens)) {
        Files.writeString(tokens, TOKEN + "\n");
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(hosts == null ? List.of() : hosts.on(node.index));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx160m",
            "-jar",
            jar,
            "run",
            "--server=" + here + ":" + componentPort,
            "--component=" + DOMAIN,
            "--secret=" + SECRET,
            "--post-url=" + webhook.url(),
            "--http-listen=" + node.address + ":" + node.httpPort,
            "--retry-max-wait=2s",
            "--timeout=" + ChaosRun.TIMEOUT.toMillis() + "ms",
            "--cluster=kafka://" + brokers.addresses() + "/chaos",
            "--cluster-partitions=12",
            "--api-token-file=" + tokens,
            "--cluster-role=" + (node.kind == Kind.EDGE ? "edge" : "worker")));
    if (node.kind == Kind.EDGE && node.number % 2 == 1) {
      command.add("--receipts");
    }
    try {
      node.process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(
                      folder.resolve(node.kind + "-" + node.number + ".log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void received(Stanza stanza) {
    String id = stanza.id();
    if (stanza instanceof Iq iq && iq.isRequest()) {
      users
          .send(
              List.of(
                  stanza(
                      "<iq xmlns='jabber:component:accept' type='result' from='%s' to='%s' id='%s'/>"
                          .formatted(iq.to(), iq.from(), iq.id()))))
          .subscribe(nothing -> {}, error -> {});
    } else if (stanza instanceof Message message) {
      if (message.isError()) {
        bounced++;
      } else if (message.body() != null) {
        ledger.replied(message.body());
      }
    } else if (id != null && id.startsWith("q")) {
      for (Object each : sent) {
        if (each instanceof Question earlier && earlier.edge == null && !earlier.id.equals(id)) {
          // It went to an edge that is no more.
          earlier.edge = "";
        }
        if (each instanceof Question question && question.id.equals(id)) {
          String xml = stanza.xml().toString();
          question.edge =
              stanza.isError() ? "" : xml.contains("urn:xmpp:receipts") ? "odd" : "even";
          if (!question.edge.isEmpty()) {
            long now = System.nanoTime();
            silence = Math.max(silence, now - answeredAt);
            answeredAt = now;
          }
          break;
        }
      }
      settle();
    }
  }

  /** What stands between two questions that one edge answered is safe. */
  private void settle() {
    while (!sent.isEmpty()) {
      Object first = sent.element();
      if (first instanceof Question question) {
        if (question.edge == null) {
          return;
        }
        boolean same = !question.edge.isEmpty() && question.edge.equals(lastEdge);
        if (same) {
          since.forEach(each -> ledger.safe(each[0], each[1]));
        }
        since.clear();
        lastEdge = question.edge;
      } else {
        since.add((int[]) first);
      }
      sent.remove();
    }
  }

  private void send() {
    long next = System.nanoTime();
    long pause = TimeUnit.SECONDS.toNanos(1) * PING_EVERY / rate;
    while (!ending) {
      LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
      if (System.nanoTime() - next < 0) {
        continue;
      }
      next = Math.max(next + pause, System.nanoTime() - pause);
      if (!connected) {
        continue;
      }
      List<OutboundStanza> batch = new ArrayList<>();
      synchronized (this) {
        for (int i = 0; i < PING_EVERY; i++) {
          int conversation = random.nextInt(CONVERSATIONS);
          int number = numbers[conversation]++;
          ledger.sent(conversation, number);
          sent.add(new int[] {conversation, number});
          batch.add(
              stanza(
                  "<message xmlns='jabber:component:accept' from='u%d@%s/x' to='bot@%s' type='chat'><body>%d %d</body></message>"
                      .formatted(conversation, USERS, DOMAIN, conversation, number)));
        }
        batch.add(ask());
      }
      users.send(batch).subscribe(nothing -> {}, error -> {});
    }
  }

  /** Call it with the lock held. */
  private OutboundStanza ask() {
    Question question = new Question("q" + questions++);
    sent.add(question);
    return stanza(
        "<iq xmlns='jabber:component:accept' from='admin@%s' to='%s' type='get' id='%s'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
            .formatted(USERS, DOMAIN, question.id));
  }

  private static OutboundStanza stanza(String xml) {
    try {
      return OutboundStanza.of(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs: each fault so often to each kind of process, and then all is to end. */
  ChaosFigures run(Duration between, int rounds) throws InterruptedException {
    awaitAnswer();
    askAtEvery(nodes);
    progress("running");
    synchronized (this) {
      silence = 0;
    }
    sender.start();
    pause(between);
    for (int round = 0; round < rounds; round++) {
      for (Fault fault : Fault.values()) {
        for (Kind kind : Kind.values()) {
          inflict(fault, kind, between);
        }
      }
      if (hosts != null) {
        cutOff(hosts, between);
      }
    }
    ending = true;
    sender.join();
    awaitAnswer();
    askAtEvery(nodes);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!ledger.allSafeAreAnswered() || !isIdle()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not all is delivered: " + ledger.figures().json());
      }
    }
    countLate();
    return ledger.figures();
  }

  /** Iqs that were asked at a node and answered. */
  int asked() {
    return asked;
  }

  /** Every node gets an iq answered, by the edge that holds the stream; 503 says when it may. */
  private void askAtEvery(List<Node> all) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Node each : all) {
      while (true) {
        HttpResponse<String> answer = send(each, "/rest/ping/" + USERS);
        if (answer != null && answer.statusCode() == 200) {
          assertThat(answer.body()).contains("result");
          asked++;
          break;
        }
        if (answer != null) {
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
          assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        askedAgain++;
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(
              each.kind + " " + each.number + " cannot ask; the logs are in " + folder);
        }
        pause(Duration.ofMillis(300));
      }
    }
  }

  private void inflict(Fault fault, Kind kind, Duration between) throws InterruptedException {
    awaitReady();
    forgetSilence();
    inflict(fault, kind);
    pause(between);
    awaitReady();
    silent(fault + " " + kind);
  }

  private synchronized void forgetSilence() {
    silence = 0;
  }

  private synchronized void silent(String what) {
    progress("%s: silent for %d ms at most".formatted(what, silence / 1_000_000));
    silence = 0;
  }

  /**
   * Cuts the network: between a worker and the brokers and, at the same time, between the edge that
   * holds the stream and the brokers; later between that edge and all else. As long as the worker
   * is cut off, the webhook takes nothing: so it would go on POSTing if it did not know that others
   * may be doing so now.
   */
  private void cutOff(ClusterHosts of, Duration between) throws InterruptedException {
    awaitReady();
    forgetSilence();
    webhook.refuses(true);
    pause(Duration.ofSeconds(1));
    Node worker = nodes.get(EDGES + random.nextInt(WORKERS));
    Node edge = owner(nodes.subList(0, EDGES));
    int before = webhook.requestsFrom(worker.address);
    of.cutFromBrokers(worker.index, true);
    of.cutFromBrokers(edge.index, true);
    pause(LEASE);
    int then = webhook.requestsFrom(worker.address);
    pause(CUT.minus(LEASE));
    cutPosts += then - before;
    latePosts += webhook.requestsFrom(worker.address) - then;
    webhook.refuses(false);
    of.cutFromBrokers(worker.index, false);
    of.cutFromBrokers(edge.index, false);
    pause(between);
    awaitReady();
    silent("cut off from the brokers");
    Node other = owner(nodes.subList(0, EDGES));
    of.cutFromServer(other.index, true);
    pause(LEASE);
    of.cutFromServer(other.index, false);
    pause(between);
    awaitReady();
    silent("cut off from the server");
  }

  /** Whether the nodes have hosts of their own, so that the network may be cut. */
  boolean hasHosts() {
    return hosts != null;
  }

  /**
   * POSTs of workers that were cut off from the brokers: those while their lease was valid, and
   * those that came long after.
   */
  int[] postsOfCutWorkers() {
    return new int[] {cutPosts, latePosts};
  }

  /** Messages that edges appended late, of all their lives. */
  int late() {
    return late;
  }

  /** Waits until all nodes serve, so that one fault is over before the next. */
  private void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Node each : nodes) {
      while (!get(each, "/readyz").contains("\"ready\":true")) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(
              each.kind + " " + each.number + " is not ready; the logs are in " + folder);
        }
        pause(Duration.ofMillis(200));
      }
    }
  }

  /** Adds what each edge says and has not said before. */
  private void countLate() {
    for (Node each : nodes) {
      if (each.kind == Kind.EDGE) {
        int now = late(each);
        late += Math.max(0, now - each.late);
        each.late = now;
      }
    }
  }

  /** What an edge has counted since its start; 0 if it does not answer. */
  private static int late(Node edge) {
    return get(edge, "/metrics")
        .lines()
        .filter(line -> line.startsWith("stanzahook_cluster_late_total"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What a node answers; empty if it does not. */
  private static String get(Node node, String path) {
    HttpResponse<String> answer = send(node, path);
    return answer == null ? "" : answer.body();
  }

  private static @Nullable HttpResponse<String> send(Node node, String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + node.address + ":" + node.httpPort + path))
              .timeout(Duration.ofSeconds(20))
              .header("Authorization", "Bearer " + TOKEN)
              .build();
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isIdle() throws InterruptedException {
    int before = ledger.requests();
    pause(Duration.ofSeconds(3));
    return ledger.requests() == before;
  }

  private void awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Question last = null;
    while (true) {
      if (connected) {
        OutboundStanza question;
        synchronized (this) {
          question = ask();
          last = (Question) sent.getLast();
        }
        users.send(List.of(question)).subscribe(nothing -> {}, error -> {});
      }
      pause(Duration.ofMillis(300));
      synchronized (this) {
        if (last != null && last.edge != null && !last.edge.isEmpty()) {
          return;
        }
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("no edge answers; the logs are in " + folder);
      }
    }
  }

  private void inflict(Fault fault, Kind kind) throws InterruptedException {
    if (kind == Kind.BROKER) {
      int which = random.nextInt(brokers.count());
      switch (fault) {
        case KILL -> brokers.kill(which);
        case FREEZE -> freeze(brokers.process(which).pid(), List.of());
        case END -> brokers.process(which).destroy();
      }
      if (fault != Fault.FREEZE) {
        brokers.process(which).waitFor();
        brokers.restart(which);
      }
      return;
    }
    List<Node> all = nodes.stream().filter(each -> each.kind == kind).toList();
    if (fault != Fault.FREEZE) {
      countLate();
    }
    Node node = kind == Kind.EDGE ? owner(all) : all.get(random.nextInt(all.size()));
    Process process = requireNonNull(node.process);
    switch (fault) {
      case KILL -> process.destroyForcibly();
      case FREEZE ->
          freeze(
              process.pid(),
              kind == Kind.EDGE ? nodes.stream().filter(each -> each != node).toList() : List.of());
      case END -> process.destroy();
    }
    if (fault != Fault.FREEZE) {
      process.waitFor();
      node.late = 0;
      start(node);
    }
    ledger.killed();
  }

  /** Messages that the server gave back, because no edge was there. */
  synchronized int bounced() {
    return bounced;
  }

  /** The edge that answered last. */
  private synchronized Node owner(List<Node> edges) {
    int odd = "odd".equals(lastEdge) ? 1 : 0;
    return edges.stream().filter(each -> each.number % 2 == odd).findFirst().orElseThrow();
  }

  /** Meanwhile, these are asked. */
  private void freeze(long pid, List<Node> others) throws InterruptedException {
    signal("STOP", pid);
    long end = System.nanoTime() + frozen.toNanos();
    askAtEvery(others);
    pause(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    signal("CONT", pid);
  }

  private static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pause(Duration time) throws InterruptedException {
    if (prosody.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("Prosody ended; its log is in " + folder);
    }
  }

  private synchronized void progress(String what) {
    System.err.printf(
        "%s: bounced %d, late %d, asked %d and %d again, %s%n",
        what, bounced, late, asked, askedAgain, ledger.figures().json());
  }

  @Override
  public void close() {
    ending = true;
    for (Node each : nodes) {
      if (each.process != null) {
        each.process.destroyForcibly().onExit().join();
      }
    }
    users.close().block(PATIENCE);
    prosody.destroyForcibly().onExit().join();
    brokers.close();
    webhook.stop();
    if (hosts != null) {
      hosts.close();
    }
    loops.disposeLater().block(PATIENCE);
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("cluster-chaos");
    System.err.println("logs are in " + folder);
    try (ClusterChaosRun run =
        new ClusterChaosRun(
            folder,
            args[0],
            Integer.parseInt(args[1]),
            Duration.ofSeconds(15),
            Long.parseLong(args[4]))) {
      ChaosFigures figures =
          run.run(Duration.ofSeconds(Integer.parseInt(args[2])), Integer.parseInt(args[3]));
      System.out.println(
          figures
              .json()
              .replace(
                  "}",
                  ",\"late\":%d,\"bounced\":%d,\"cutPosts\":%d,\"latePosts\":%d,\"asked\":%d}"
                      .formatted(
                          run.late(),
                          run.bounced(),
                          run.postsOfCutWorkers()[0],
                          run.postsOfCutWorkers()[1],
                          run.asked())));
    }
  }
}
