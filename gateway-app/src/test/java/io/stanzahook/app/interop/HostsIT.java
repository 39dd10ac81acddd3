package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.net.NameServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The program on a host of its own, with webhooks on others that fall silent, move or drain, and a
 * name server whose answers change: over IPv4 and IPv6.
 */
class HostsIT {
  private static final Duration LIMIT = Patience.LONG;
  private static final int MANY = 20;

  @RegisterExtension final Bed bed = new Bed();
  private Hosts hosts;
  private NameServer names;
  private SandboxServer server;

  @BeforeEach
  void start() throws Exception {
    hosts = bed.use(Hosts.create());
    names = NameServer.startAt(InetAddress.getByName(Hosts.HERE));
    server = bed.use(SandboxServer.started(Hosts.HERE));
    bed.use(Daemon.nginxOn(hosts, "a"));
    bed.use(Daemon.nginxOn(hosts, "b"));
  }

  @AfterEach
  void stop() throws Exception {
    if (names != null) {
      names.close();
    }
  }

  private static InetAddress v4(String host) throws Exception {
    return InetAddress.getByName(Hosts.address(host, false));
  }

  private static InetAddress v6(String host) throws Exception {
    return InetAddress.getByName(Hosts.address(host, true));
  }

  private GatewayProcess gateway(String... more) {
    return bed.use(
            GatewayProcess.startAt(
                hosts.gateway(Hosts.HERE), server, "http://hook.example:8080/", more))
        .awaitReady();
  }

  private void sendMany(String who) {
    int before = server.answered();
    for (int i = 0; i < MANY; i++) {
      server.send(who + i, "hello");
    }
    Await.until("all have an answer", LIMIT, () -> server.answered() == before + MANY);
  }

  private Stream<String> lastBodies() {
    return server.bodies().stream().skip(Math.max(0, server.bodies().size() - MANY));
  }

  @Test
  void whereOneAddressIsSilentTheOtherFamilyAnswersEverybody() throws Exception {
    names.answer(v4("a"), v6("b"));
    hosts.silence("a");
    gateway("--post-connect-timeout=500ms");

    sendMany("ann");

    assertThat(server.errors()).isZero();
    assertThat(lastBodies()).containsOnly("from b");
  }

  @Test
  void bothFamiliesShareTheCalls() throws Exception {
    names.answer(v6("a"), v4("b"));
    gateway();

    sendMany("ann");
    sendMany("bea");

    assertThat(server.errors()).isZero();
    assertThat(server.bodies()).contains("from a", "from b");
  }

  @Test
  void aHostThatFallsSilentWithWarmConnectionsCostsNobodyAnError() throws Exception {
    names.answer(v4("a"));
    gateway("--timeout=2s");
    sendMany("ann");
    assertThat(lastBodies()).containsOnly("from a");

    hosts.silence("a");
    names.answer(v6("b"));
    sendMany("bea");

    assertThat(server.errors()).isZero();
    assertThat(lastBodies()).containsOnly("from b");
  }

  @Test
  void aNameThatMovesLosesTheOldHostWithinTheLifetimeOfConnections() throws Exception {
    names.answer(v6("a"));
    gateway("--post-connection-lifetime=1s");
    sendMany("ann");

    names.answer(v6("b"));
    Await.until(
        "the new host answers",
        LIMIT,
        () -> {
          sendMany("bea");
          return lastBodies().allMatch("from b"::equals);
        });

    assertThat(server.errors()).isZero();
  }

  @Test
  void aServerWithADeadAddressIsReachedByTheOther() throws Exception {
    hosts.silence("b");
    names.answer(v6("b"), v4("b"), InetAddress.getByName(Hosts.HERE));
    bed.use(
            GatewayProcess.startAt(
                hosts.gateway("xmpp.example"),
                server,
                "http://" + Hosts.address("a", false) + ":8080/"))
        .awaitReady();

    sendMany("ann");

    assertThat(lastBodies()).containsOnly("from a");
  }
}
