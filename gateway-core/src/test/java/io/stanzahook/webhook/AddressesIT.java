package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.stanzahook.Ports;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.net.DnsNames;
import io.stanzahook.net.NameServer;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.net.ProxyEnvironment;
import io.stanzahook.settings.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A webhook's name with several addresses, some of them dead, which a name server tells. */
class AddressesIT extends WebhookClientFixture {
  private static final int CALLS = 200;

  private final int port = Ports.free();
  private NameServer server;

  @BeforeEach
  void startNameServer() throws Exception {
    server = closing(NameServer.start());
  }

  private static InetAddress address(int last) throws Exception {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private RawServer replica(int last, String answer) throws Exception {
    return closing(
        new RawServer(
            new ServerSocket(port, 50, address(last)),
            RawServer.always(RawServer.response(200, "text/plain", answer))));
  }

  /** Takes no connection and refuses none: those that wait to be accepted are as many as fit. */
  private void blackHole(int last) throws Exception {
    ServerSocket full = closing(new ServerSocket(port, 1, address(last)));
    for (int i = 0; i < 2; i++) {
      closing(new Socket(full.getInetAddress(), port));
    }
  }

  private WebhookClient client(Duration connect, Duration lifetime) {
    DnsNames names =
        closing(new DnsNames(loops(), (DnsNameResolverBuilder asked) -> server.ask(asked)));
    WebhookSettings settings = settings("http://hooks.example:" + port + "/x", LONG, 50);
    return client(
        Settings.with(
            settings,
            "connecting",
            new Connecting(null, null, ProxyChoice.NONE, ProxyEnvironment.NONE, connect, lifetime)),
        names);
  }

  private List<String> calls(WebhookClient client, int times, int atOnce) {
    return Objects.requireNonNull(
        Flux.range(0, times)
            .flatMap(i -> client.post(chat, "id" + i, 1), atOnce)
            .map(result -> bodies(result).get(0))
            .collectList()
            .block(LONG));
  }

  @Test
  void callsAreSpreadOverAll() throws Exception {
    replica(1, "A");
    replica(2, "B");
    server.answer(address(1), address(2));
    WebhookClient client = client(Duration.ofSeconds(10), Duration.ZERO);
    // One after the other too: no address is the one.
    for (int atOnce : List.of(1, 16)) {
      List<String> all = calls(client, CALLS, atOnce);
      assertThat(all.stream().filter("A"::equals).count())
          .isBetween(CALLS * 4L / 10, CALLS * 6L / 10);
    }
  }

  @Test
  void whereOneRefusesTheOtherIsCalled_andItIsLeftAlone() throws Exception {
    replica(2, "B");
    server.answer(address(1), address(2));
    WebhookClient client = client(Duration.ofSeconds(10), Duration.ofMinutes(2));
    assertThat(calls(client, CALLS, 4)).hasSize(CALLS).containsOnly("B");
    // It is back, and is not asked yet.
    RawServer back = replica(1, "A");
    assertThat(calls(client, 10, 1)).containsOnly("B");
    assertThat(back.accepted()).isZero();
  }

  @Test
  void whereOneSaysNothingTheOtherIsCalledWithinTheTime() throws Exception {
    blackHole(1);
    replica(2, "B");
    server.answer(address(1), address(2));
    WebhookClient client = client(Duration.ofMillis(100), Duration.ofMinutes(2));
    assertThat(calls(client, CALLS, 4)).hasSize(CALLS).containsOnly("B");
  }

  @Test
  void whereAllRefuseTheCallFails() throws Exception {
    server.answer(address(1), address(2), address(3));
    WebhookClient client = client(Duration.ofSeconds(10), Duration.ofMinutes(2));
    for (int i = 0; i < 3; i++) {
      WebhookResult.Failed failed = failed(post(client, chat));
      assertThat(failed.outcome()).isEqualTo(WebhookResult.Outcome.NOT_SENT);
      assertThat(failed.detail()).startsWith("cannot connect to http://hooks.example:" + port);
    }
    assertThat(client.inFlight()).isZero();
  }

  @Test
  void aNameThatMovesIsFollowed() throws Exception {
    replica(1, "A");
    replica(2, "B");
    server.answer(address(1));
    WebhookClient client = client(Duration.ofSeconds(10), Duration.ofMinutes(2));
    assertThat(calls(client, 5, 5)).containsOnly("A");
    server.answer(address(2));
    // Looked up each second, beside the calls.
    List<String> last = new ArrayList<>(List.of("A"));
    long patience = System.nanoTime() + LONG.toNanos();
    while (last.contains("A") && System.nanoTime() < patience) {
      last = calls(client, 5, 5);
    }
    assertThat(last).containsOnly("B");
  }

  @Test
  void connectionsEndWithTheirLifetime_evenWhereNobodyCalls() throws Exception {
    RawServer replica = replica(1, "A");
    server.answer(address(1));
    WebhookClient client = client(Duration.ofSeconds(10), Duration.ofMillis(200));
    assertThat(calls(client, 1, 1)).containsExactly("A");
    // Closed by us: the server would keep it.
    replica.awaitEnd();
    assertThat(calls(client, 1, 1)).containsExactly("A");
    assertThat(replica.accepted()).isEqualTo(2);
  }
}
