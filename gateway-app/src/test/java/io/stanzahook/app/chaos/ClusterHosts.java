package io.stanzahook.app.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hosts of a cluster's own, as network namespaces: one for the brokers, and one for each node of
 * the gateway. Each node has a wire to the brokers and one to this machine, where the XMPP server
 * and the webhook are. What is cut off gets no answer, and no refusal either.
 */
final class ClusterHosts implements AutoCloseable {
  private static final int MAX_NODES = 16;
  private static final String BROKERS = "k";

  private final String prefix = "sc" + ProcessHandle.current().pid();

  /** The first two numbers of all addresses: others may do the same at this time. */
  private final String net = "10." + (100 + ProcessHandle.current().pid() % 100);

  private final List<String> made = new ArrayList<>();
  private boolean hasBridge;

  private ClusterHosts() {}

  /** Makes them, with so many nodes; null where nobody may make or enter namespaces. */
  static @Nullable ClusterHosts create(int nodes) {
    if (nodes > MAX_NODES) {
      throw new IllegalArgumentException(nodes + " nodes");
    }
    ClusterHosts hosts = new ClusterHosts();
    if (!hosts.mayBeMade()) {
      hosts.close();
      return null;
    }
    try {
      hosts.make(nodes);
      return hosts;
    } catch (RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  /** Root may, if the root folder is a mount: else no namespace can be entered. */
  private boolean mayBeMade() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))
          && mounts.anyMatch(mount -> mount.split(" ", 6)[4].equals("/"))
          && space(BROKERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean space(String host) {
    if (exit("netns add " + prefix + host) != 0) {
      return false;
    }
    made.add(host);
    ip("-n %s%s link set lo up".formatted(prefix, host));
    return true;
  }

  private void make(int nodes) {
    // Nodes reach each other and this machine.
    ip("link add %sb type bridge".formatted(prefix));
    hasBridge = true;
    ip("addr add %s/24 dev %sb".formatted(here(), prefix));
    ip("link set dev %sb up".formatted(prefix));
    ip("-n %sk addr add %s/32 dev lo".formatted(prefix, brokers()));
    // This machine asks the brokers, too.
    ip("link add %1$sk type veth peer name here netns %1$sk".formatted(prefix));
    ip("addr add %s.200.1/24 dev %sk".formatted(net, prefix));
    ip("link set dev %sk up".formatted(prefix));
    ip("-n %sk addr add %s.200.2/24 dev here".formatted(prefix, net));
    ip("-n %sk link set dev here up".formatted(prefix));
    ip("route add %s/32 via %s.200.2".formatted(brokers(), net));
    for (int i = 0; i < nodes; i++) {
      if (!space("n" + i)) {
        throw new IllegalStateException("no host of its own for node " + i);
      }
      String name = prefix + "n" + i;
      ip("link add %1$s type veth peer name here netns %1$s".formatted(name));
      ip("link set dev %s master %sb up".formatted(name, prefix));
      ip("-n %s addr add %s/24 dev here".formatted(name, address(i)));
      ip("-n %s link set dev here up".formatted(name));
      ip(
          "-n %1$sk link add dev n%2$d type veth peer name kafka netns %3$s"
              .formatted(prefix, i, name));
      ip("-n %sk addr add %s.%d.1/24 dev n%d".formatted(prefix, net, 100 + i, i));
      ip("-n %sk link set dev n%d up".formatted(prefix, i));
      ip("-n %s addr add %s.%d.2/24 dev kafka".formatted(name, net, 100 + i));
      ip("-n %s link set dev kafka up".formatted(name));
      ip("-n %s route add %s/32 via %s.%d.1".formatted(name, brokers(), net, 100 + i));
    }
  }

  /** This machine, as nodes see it. */
  String here() {
    return net + ".1.1";
  }

  /** Where the brokers listen. */
  String brokers() {
    return net + ".0.2";
  }

  /** A node, as this machine and other nodes see it. */
  String address(int node) {
    return net + ".1." + (node + 2);
  }

  /** What stands before a command that runs where the brokers are. */
  List<String> onBrokers() {
    return List.of("ip", "netns", "exec", prefix + BROKERS);
  }

  /** What stands before a command that runs on a node's host. */
  List<String> on(int node) {
    return List.of("ip", "netns", "exec", prefix + "n" + node);
  }

  /** From now on, or no longer, a node hears nothing of the brokers. */
  void cutFromBrokers(int node, boolean cut) {
    ip(
        "-n %sk route %s blackhole %s.%d.2/32"
            .formatted(prefix, cut ? "add" : "del", net, 100 + node));
  }

  /** From now on, or no longer, a node hears nothing of the XMPP server and the webhook. */
  void cutFromServer(int node, boolean cut) {
    ip("route %s blackhole %s/32".formatted(cut ? "add" : "del", address(node)));
  }

  private static void ip(String line) {
    int code = exit(line);
    if (code != 0) {
      throw new IllegalStateException("ip " + line + " ended with " + code);
    }
  }

  private static int exit(String words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(words.split(" ", -1)));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0 && !said.isBlank()) {
        System.err.println("ip " + words + ": " + said.strip());
      }
      return code;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (hasBridge) {
      exit("link del " + prefix + "b");
    }
    // A namespace's end takes its wires away only later.
    made.forEach(host -> exit("link del " + prefix + host));
    made.forEach(host -> exit("netns del " + prefix + host));
    made.clear();
  }
}
