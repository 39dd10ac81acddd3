package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Without brokers: what is written is read at once, or never. */
class SlotOwnersTest {
  private static final long LATER = Duration.ofMinutes(1).toNanos();

  private final Map<Integer, Ownership> owned = new TreeMap<>();
  private final List<SlotOwner> written = new ArrayList<>();
  private final SlotOwners owners =
      new SlotOwners(
          new Clients(
              new ClusterSettings(
                  ClusterAddress.parse("kafka://127.0.0.1:1/p"),
                  ClusterRole.ALL,
                  null,
                  3,
                  null,
                  1)),
          "p.nodes",
          (key, value) -> {
            assertThat(new String(key, UTF_8)).isEqualTo("5");
            written.add(requireNonNull(Codec.owner(value)));
          },
          () -> owned,
          1);

  @Test
  void anOwnerSaysSoOnce_afterAllEarlierOnes() {
    owners.read(5, new SlotOwner("http://old", 7));
    owned.put(5, new Ownership(5, 1));
    owners.tell(0);
    assertThat(written).as("nobody could reach it").isEmpty();
    owners.advertise("http://me");
    owners.tell(0);
    owners.tell(1);
    assertThat(written).containsExactly(new SlotOwner("http://me", 8));
    assertThat(owners.owner(5)).isEqualTo(new SlotOwner("http://old", 7));
    owners.read(5, written.get(0));
    owners.tell(LATER);
    assertThat(written).hasSize(1);
    assertThat(owners.owner(5)).isEqualTo(new SlotOwner("http://me", 8));
  }

  @Test
  void whatDoesNotComeBackIsWrittenAgain() {
    owners.advertise("http://me");
    owned.put(5, new Ownership(5, 1));
    owners.tell(0);
    owners.tell(LATER);
    assertThat(written).hasSize(2);
  }

  @Test
  void whatAFormerOwnerWritesLateDoesNotCount_andIsOverwritten() {
    owners.advertise("http://me");
    owned.put(5, new Ownership(5, 1));
    owners.tell(0);
    owners.read(5, written.get(0));
    owners.read(5, new SlotOwner("http://frozen", 0));
    assertThat(owners.owner(5)).isEqualTo(new SlotOwner("http://me", 1));
    owners.tell(LATER);
    assertThat(written).last().isEqualTo(new SlotOwner("http://me", 2));
    // One that counts too much is overtaken.
    owners.read(5, new SlotOwner("http://wrong", 99));
    owners.tell(2 * LATER);
    assertThat(written).last().isEqualTo(new SlotOwner("http://me", 100));
  }

  @Test
  void oneThatGivesTheSlotAwaySaysSo_andNothingMore() {
    owners.advertise("http://me");
    Ownership ownership = new Ownership(5, 1);
    owned.put(5, ownership);
    owners.tell(0);
    owners.read(5, written.get(0));
    owners.leave(ownership);
    assertThat(written).last().isEqualTo(new SlotOwner("", 2));
    owners.read(5, written.get(1));
    assertThat(owners.owner(5)).isNull();
    owners.tell(LATER);
    assertThat(written).hasSize(2);
    // The next time is another one.
    owned.put(5, new Ownership(5, 1));
    owners.tell(LATER);
    assertThat(written).last().isEqualTo(new SlotOwner("http://me", 3));
  }

  @Test
  void anOwnerWithAnotherNumberOfStreamsIsToldOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger("cluster");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      owners.read(3, new SlotOwner("http://same", 1, 1));
      owners.read(4, new SlotOwner("", 1, 2));
      owners.compare();
      assertThat(lines.list).isEmpty();
      owners.read(5, new SlotOwner("http://other", 1, 2));
      owners.compare();
      owners.compare();
      assertThat(lines.list)
          .singleElement()
          .extracting(ILoggingEvent::getFormattedMessage)
          .asString()
          .startsWith("http://other has 2 streams of each component, and this node 1: ");
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void bytesThatAreNoOwnerAreNot() {
    assertThat(Codec.owner(new byte[] {9, 9})).isNull();
    assertThat(Codec.owner(Codec.owner(new SlotOwner("x".repeat(SlotOwner.MAX_URL + 1), 1))))
        .isNull();
  }
}
