package io.stanzahook.app.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hosts of a test's own, as network namespaces: {@code gw}, where a gateway runs, with a wire to
 * this machine and one to each of {@code a} and {@code b}, where webhooks run. Each has an address
 * of IPv4 and one of IPv6. {@code gw} asks this machine's end of its wire for names.
 */
final class Hosts implements Fixture {
  /** This machine, as {@code gw} sees it. */
  static final String HERE = "10.213.0.1";

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final List<String> WEBHOOKS = List.of("a", "b");

  private final TestFolder folder = TestFolder.create("hosts");
  private final String prefix = "sh" + ProcessHandle.current().pid();
  private final List<String> made = new ArrayList<>();

  private Hosts() {}

  /** Makes them; a machine that lets nobody make namespaces skips the test and says so. */
  static Hosts create() {
    Hosts hosts = new Hosts();
    if (!hosts.mayBeMade()) {
      hosts.close();
      assumeTrue(
          false,
          "network namespaces cannot be made or entered here: it takes the rights of root, and a root"
              + " folder that is a mount, which that of a chroot is not");
    }
    try {
      hosts.make();
      return hosts;
    } catch (IOException | RuntimeException e) {
      hosts.close();
      throw new IllegalStateException("no hosts of our own: " + e.getMessage(), e);
    }
  }

  private boolean mayBeMade() {
    boolean may =
        Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))
            && rootIsMounted()
            && exit("ip", "netns", "add", space("gw")) == 0;
    if (may) {
      made.add("gw");
    }
    return may;
  }

  /** Whether the root folder is a mount: else no namespace can be entered. */
  private static boolean rootIsMounted() {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      // The fifth field is where it is mounted.
      return mounts.anyMatch(mount -> mount.split(" ", 6)[4].equals("/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void make() throws IOException {
    Path names = Path.of("/etc/netns", space("gw"), "resolv.conf");
    Files.createDirectories(names.getParent());
    Files.writeString(names, "nameserver " + HERE + "\n");
    ip("link add %1$sm type veth peer name toHere netns %1$sgw");
    ip("addr add 10.213.0.1/24 dev %1$sm");
    ip("link set dev %1$sm up");
    ip("-n %1$sgw addr add 10.213.0.2/24 dev toHere");
    ip("-n %1$sgw link set dev toHere up");
    ip("-n %1$sgw link set lo up");
    for (int i = 0; i < WEBHOOKS.size(); i++) {
      String host = WEBHOOKS.get(i);
      ip("netns add %1$s" + host);
      made.add(host);
      ip("-n %1$sgw link add dev " + host + " type veth peer name w netns %1$s" + host);
      ip("-n %1$sgw addr add 10.213." + (i + 1) + ".1/24 dev " + host);
      ip("-n %1$sgw addr add fd13:" + (i + 1) + "::1/64 dev " + host + " nodad");
      ip("-n %1$sgw link set dev " + host + " up");
      ip("-n %1$s" + host + " addr add 10.213." + (i + 1) + ".2/24 dev w");
      ip("-n %1$s" + host + " addr add fd13:" + (i + 1) + "::2/64 dev w nodad");
      ip("-n %1$s" + host + " link set dev w up");
    }
  }

  private String space(String host) {
    return prefix + host;
  }

  private void ip(String words) {
    List<String> command = new ArrayList<>(List.of(ChildProcess.onPath("ip")));
    command.addAll(List.of(words.formatted(prefix).split(" ", -1)));
    ChildProcess.run("ip", folder.path(), command, LIMIT);
  }

  private int exit(String... words) {
    List<String> command =
        Stream.concat(Stream.of(ChildProcess.onPath(words[0])), Stream.of(words).skip(1)).toList();
    try (ChildProcess child = ChildProcess.start(words[0], folder.path(), command)) {
      return child.awaitExit(LIMIT);
    }
  }

  /** An address of a webhook's host: of IPv4, or of IPv6. */
  static String address(String host, boolean v6) {
    int number = WEBHOOKS.indexOf(host) + 1;
    return v6 ? "fd13:" + number + "::2" : "10.213." + number + ".2";
  }

  /** What stands before a command that runs on a host. */
  List<String> on(String host) {
    return List.of(ChildProcess.onPath("ip"), "netns", "exec", space(host));
  }

  /** Where a gateway runs that knows its server by that address or name. */
  GatewayProcess.Place gateway(String server) {
    return new GatewayProcess.Place(on("gw"), server, "10.213.0.2");
  }

  /** From now on nothing comes back from that host, no refusal either. */
  void silence(String host) {
    ip("-n %1$s" + host + " route replace blackhole 10.213.0.0/16");
    ip("-n %1$s" + host + " route del 10.213." + (WEBHOOKS.indexOf(host) + 1) + ".0/24 dev w");
    ip("-n %1$s" + host + " -6 route replace blackhole fd13::/16");
    ip("-n %1$s" + host + " -6 route del fd13:" + (WEBHOOKS.indexOf(host) + 1) + "::/64 dev w");
  }

  @Override
  public String name() {
    return "hosts";
  }

  @Override
  public String log() {
    return made + "\n";
  }

  @Override
  public void close() {
    if (made.contains("gw")) {
      // A namespace's end takes its wires away only later.
      exit("ip", "link", "del", prefix + "m");
    }
    made.forEach(host -> ip("netns del %1$s" + host));
    made.clear();
    try {
      Path names = Path.of("/etc/netns", space("gw"));
      Files.deleteIfExists(names.resolve("resolv.conf"));
      Files.deleteIfExists(names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      folder.close();
    }
  }
}
