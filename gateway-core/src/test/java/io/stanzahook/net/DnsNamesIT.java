package io.stanzahook.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Names by a name server and a file of hosts, both of the test's own. */
@Timeout(120)
class DnsNamesIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final LoopResources loops = LoopResources.create("names-it", 1, true);
  private final Path hosts;
  private NameServer server;
  private DnsNames names;

  DnsNamesIT(@TempDir Path folder) {
    hosts = folder.resolve("hosts");
  }

  @BeforeEach
  void start() throws Exception {
    server = NameServer.start();
    names = new DnsNames(loops, server::ask, new HostsFile(hosts));
  }

  @AfterEach
  void stop() {
    names.close();
    server.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(LONG);
  }

  private List<String> of(String host) {
    return Objects.requireNonNull(names.of(host).block(LONG)).stream()
        .map(InetAddress::getHostAddress)
        .toList();
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void allAddressesCome_andEachTimeThoseOfNow() throws Exception {
    server.answer(address("10.0.0.1"), address("10.0.0.2"));
    assertThat(of("bot.example")).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    server.answer(address("10.0.0.3"));
    assertThat(of("bot.example")).containsExactly("10.0.0.3");
    assertThat(names.of("bot.example").block(LONG).get(0).getHostName()).isEqualTo("bot.example");
  }

  @Test
  void bothFamiliesComeWhereBothAreSpoken() throws Exception {
    server.answer(address("fd00::1"), address("10.0.0.1"));
    List<String> both = of("bot.example");
    assertThat(both).contains("10.0.0.1");
    assertThat(both.size()).isEqualTo(NetUtil.isIpV4StackPreferred() ? 1 : 2);
  }

  @Test
  void aNameWithoutAnAddressIsUnknown() {
    server.answer();
    StepVerifier.create(names.of("bot.example"))
        .expectError(UnknownHostException.class)
        .verify(LONG);
  }

  @Test
  void theFileOfHostsComesFirst_andIsReadAgainWhenItChanges() throws Exception {
    server.answer(address("10.0.0.9"));
    Files.writeString(hosts, "10.0.0.1 bot.example\n10.0.0.2 Bot.Example other\n");
    assertThat(of("bot.example")).containsExactly("10.0.0.1", "10.0.0.2");
    Files.writeString(hosts, "10.0.0.7 bot.example\n10.0.0.2 xyz.example other\n");
    // Some file systems have no finer times.
    Files.setLastModifiedTime(hosts, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(of("bot.example.")).containsExactly("10.0.0.7");
    Files.delete(hosts);
    assertThat(of("bot.example")).containsExactly("10.0.0.9");
  }

  @Test
  void addressesAndThisMachineAreNotAskedFor() throws Exception {
    server.answer(address("10.0.0.9"));
    assertThat(of("127.0.0.5")).containsExactly("127.0.0.5");
    assertThat(of("::1")).containsExactly("0:0:0:0:0:0:0:1");
    assertThat(of("localhost")).contains("127.0.0.1");
    assertThat(of("bot.localhost")).contains("127.0.0.1");
  }
}
