package io.stanzahook.app.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Breaks a {@link ChaosCluster} while its users send messages, and every message is accounted for.
 * Its parts are killed (SIGKILL), frozen (SIGSTOP) and ended (SIGTERM), and where they have hosts
 * of their own, they are cut off from others; or all brokers are away for long; or all parts are
 * ended and started again, one after the other.
 *
 * <p>The send API is asked for an iq at every node, also while the edge that held the stream is
 * frozen: each of them gets it answered by the edge that holds the stream.
 *
 * <p>Arguments of the program: the jar, what to do ({@code faults}, {@code outage} or {@code
 * restart}), messages a second, how often, a seed, and seconds: between two faults or restarts, or
 * of an outage. It prints figures as JSON, and progress on stderr.
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

  /** Longer than a lease, by more than a machine that is busy may stand still. */
  private static final Duration LEASE = Duration.ofSeconds(8);

  /** Of a cut, as long as the lease may still be valid and beyond. */
  private static final Duration CUT = Duration.ofSeconds(13);

  /** Of faults, if there is time for an edge to give its stream away. */
  private static final Duration LONG = Duration.ofSeconds(15);

  /** Longer than the session of a member of a group. */
  private final Duration frozen;

  private final Random random;
  private final ChaosCluster cluster;
  private final ChaosReport report = new ChaosReport();
  private int cutPosts;
  private int latePosts;

  /**
   * Starts a cluster.
   *
   * @param patient whether the webhook always answers before the gateway's time-out
   */
  ClusterChaosRun(Path folder, String jar, int rate, Duration frozen, boolean patient, long seed)
      throws IOException {
    this.frozen = frozen;
    this.random = new Random(seed);
    this.cluster = new ChaosCluster(folder, jar, rate, patient, seed);
  }

  ChaosCluster cluster() {
    return cluster;
  }

  ChaosReport report() {
    return report;
  }

  /** The users begin to send. */
  void begin() throws InterruptedException {
    cluster.awaitCalm();
    cluster.askAtEvery(cluster.nodes());
    cluster.tell("running");
    cluster.users().begin();
    cluster.pause(Duration.ofSeconds(3));
  }

  /** They send no more; all is to end now. */
  ChaosFigures end() throws InterruptedException {
    cluster.users().end();
    cluster.awaitCalm();
    cluster.askAtEvery(cluster.nodes());
    cluster.awaitEnd();
    return cluster.ledger().figures();
  }

  /** Each kind of fault once to each kind of process, and the cuts. */
  void faults(Duration between) throws InterruptedException {
    for (Fault fault : Fault.values()) {
      for (Kind kind : Kind.values()) {
        before();
        if (kind == Kind.BROKER) {
          toBroker(fault, random.nextInt(cluster.brokers().count()));
        } else {
          toNode(
              fault,
              kind == Kind.EDGE
                  ? cluster.owner()
                  : cluster.workers().get(random.nextInt(ChaosCluster.WORKERS)));
        }
        after(fault + " " + kind, between);
      }
    }
    ClusterHosts hosts = cluster.hosts();
    if (hosts != null) {
      cutOff(hosts, between);
    }
  }

  /** One fault is over before the next: else the silence of one would count for the other. */
  private void before() throws InterruptedException {
    cluster.awaitCalm();
    cluster.users().forgetSilence();
    cluster.ledger().forgetWait();
  }

  private void after(String what, Duration between) throws InterruptedException {
    cluster.pause(between);
    cluster.awaitCalm();
    long silence = cluster.users().silence();
    long wait = cluster.ledger().longestWait();
    report.broken(what, silence, wait);
    cluster.tell(
        "%s: no answer for %d ms, no POST of a message for %d ms".formatted(what, silence, wait));
  }

  private void toBroker(Fault fault, int which) throws InterruptedException {
    switch (fault) {
      case KILL -> cluster.brokers().kill(which);
      case FREEZE -> freeze(cluster.brokers().process(which).pid(), List.of());
      case END -> cluster.brokers().process(which).destroy();
    }
    if (fault != Fault.FREEZE) {
      cluster.brokers().process(which).waitFor();
      cluster.brokers().restart(which);
    }
  }

  private void toNode(Fault fault, ChaosNode node) throws InterruptedException {
    Process process = node.process();
    if (fault != Fault.FREEZE) {
      cluster.countLate();
    }
    switch (fault) {
      case KILL -> process.destroyForcibly();
      case FREEZE ->
          freeze(
              process.pid(),
              node.isEdge()
                  ? cluster.nodes().stream().filter(each -> each != node).toList()
                  : List.of());
      case END -> process.destroy();
    }
    if (fault != Fault.FREEZE) {
      process.waitFor();
      cluster.start(node);
    }
    cluster.ledger().killed();
  }

  /** Meanwhile, these are asked. */
  private void freeze(long pid, List<ChaosNode> others) throws InterruptedException {
    ChaosCluster.signal("STOP", pid);
    long end = System.nanoTime() + frozen.toNanos();
    cluster.askAtEvery(others);
    cluster.pause(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    ChaosCluster.signal("CONT", pid);
  }

  /**
   * Cuts the network: between a worker and the brokers and, at the same time, between the edge that
   * holds the stream and the brokers; later between that edge and all else, for a moment and until
   * another edge has the stream. As long as the worker is cut off, the webhook takes nothing: so it
   * would go on POSTing if it did not know that others may be doing so now.
   */
  private void cutOff(ClusterHosts hosts, Duration between) throws InterruptedException {
    ChaosWebhook webhook = cluster.webhook();
    before();
    webhook.refuses(true);
    cluster.pause(Duration.ofSeconds(1));
    ChaosNode worker = cluster.workers().get(random.nextInt(ChaosCluster.WORKERS));
    ChaosNode edge = cluster.owner();
    int before = webhook.requestsFrom(worker.address());
    hosts.cutFromBrokers(worker.index(), true);
    hosts.cutFromBrokers(edge.index(), true);
    cluster.pause(LEASE);
    int then = webhook.requestsFrom(worker.address());
    cluster.pause(CUT.minus(LEASE));
    cutPosts += then - before;
    latePosts += webhook.requestsFrom(worker.address()) - then;
    webhook.refuses(false);
    hosts.cutFromBrokers(worker.index(), false);
    hosts.cutFromBrokers(edge.index(), false);
    after("CUT BROKERS", between);
    before();
    ChaosNode other = cluster.owner();
    hosts.cutFromServer(other.index(), true);
    cluster.pause(LEASE);
    hosts.cutFromServer(other.index(), false);
    after("CUT SERVER", between);
    if (frozen.compareTo(LONG) >= 0) {
      before();
      ChaosNode last = cluster.owner();
      hosts.cutFromServer(last.index(), true);
      cluster.await("no other edge answers", () -> cluster.owner() != last);
      hosts.cutFromServer(last.index(), false);
      after("CUT SERVER LONG", between);
    }
  }

  /**
   * POSTs of workers that were cut off from the brokers: those while their lease was valid, and
   * those that came long after.
   */
  int[] postsOfCutWorkers() {
    return new int[] {cutPosts, latePosts};
  }

  /**
   * All brokers are killed, or frozen, for so long.
   *
   * @param measured nodes whose memory is measured
   */
  void outage(Fault fault, Duration length, List<ChaosNode> measured) throws InterruptedException {
    before();
    List<ChaosReport.Memory> before = new ArrayList<>();
    for (ChaosNode each : measured) {
      before.add(ChaosReport.Memory.before(each));
    }
    int brokers = cluster.brokers().count();
    for (int i = 0; i < brokers; i++) {
      if (fault == Fault.KILL) {
        cluster.brokers().process(i).destroyForcibly();
      } else {
        ChaosCluster.signal("STOP", cluster.brokers().process(i).pid());
      }
    }
    cluster.pause(length);
    List<ChaosReport.Memory> during = new ArrayList<>();
    for (ChaosReport.Memory each : before) {
      during.add(each.withoutBrokers());
    }
    long back = System.nanoTime();
    for (int i = 0; i < brokers; i++) {
      if (fault == Fault.KILL) {
        cluster.brokers().process(i).waitFor();
        cluster.brokers().restart(i);
      } else {
        ChaosCluster.signal("CONT", cluster.brokers().process(i).pid());
      }
    }
    cluster.await("no edge answers", () -> cluster.users().answeredAt() - back > 0);
    long first = (System.nanoTime() - back) / 1_000_000;
    cluster.awaitAnswer();
    long caughtUp = (System.nanoTime() - back) / 1_000_000;
    cluster.awaitDelivered();
    long delivered = (System.nanoTime() - back) / 1_000_000;
    cluster.awaitCalm();
    for (ChaosReport.Memory each : during) {
      report.memory(each.withBrokers());
    }
    String what = fault + " BROKERS";
    report.resumed(what, first, caughtUp, delivered);
    cluster.tell(
        "%s: first answer after %d ms, all in the log after %d ms, delivered after %d ms"
            .formatted(what, first, caughtUp, delivered));
  }

  /** All nodes and then all brokers are ended with SIGTERM and started again, one by one. */
  void restarts(Duration between) throws InterruptedException {
    for (ChaosNode each : cluster.nodes()) {
      before();
      toNode(Fault.END, each);
      after("END " + (each.isEdge() ? Kind.EDGE : Kind.WORKER), between);
    }
    for (int i = 0; i < cluster.brokers().count(); i++) {
      before();
      toBroker(Fault.END, i);
      after("END " + Kind.BROKER, between);
    }
  }

  @Override
  public void close() {
    cluster.close();
  }

  /** Of all that it did, as JSON. */
  private String json(ChaosFigures figures) {
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("late", cluster.late());
    more.put("bounced", cluster.users().bounced());
    more.put("cutPosts", cutPosts);
    more.put("latePosts", latePosts);
    more.put("asked", cluster.asked());
    more.put("broken", (int) cluster.nodes().stream().filter(ChaosNode::isBroken).count());
    more.putAll(report.figures());
    JsonMapper mapper = new JsonMapper();
    ObjectNode all = (ObjectNode) mapper.readTree(figures.json());
    all.setAll((ObjectNode) mapper.valueToTree(more));
    return mapper.writeValueAsString(all);
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("cluster-chaos");
    System.err.println("logs are in " + folder);
    String what = args[1];
    int rounds = Integer.parseInt(args[3]);
    Duration time = Duration.ofSeconds(Integer.parseInt(args[5]));
    try (ClusterChaosRun run =
        new ClusterChaosRun(
            folder,
            args[0],
            Integer.parseInt(args[2]),
            Duration.ofSeconds(15),
            !what.equals("faults"),
            Long.parseLong(args[4]))) {
      run.begin();
      for (int round = 0; round < rounds; round++) {
        switch (what) {
          case "faults" -> run.faults(time);
          case "outage" -> {
            run.outage(Fault.KILL, time, run.cluster.nodes());
            run.outage(Fault.FREEZE, time, run.cluster.nodes());
          }
          case "restart" -> run.restarts(time);
          default -> throw new IllegalArgumentException(what);
        }
      }
      ChaosFigures figures = run.end();
      System.out.println(run.json(figures));
    }
  }
}
