package io.stanzahook.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.app.console.SeenDelivery.Outcome;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Deliveries in a file, from one opening of it to the next. */
class DeliveryFileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final DeliveryFile.Query ALL = query(null, List.of(), List.of());

  private Instant now = NOW;
  private final InstantSource clock = () -> now;

  @TempDir Path folder;

  private DeliveryFile open(long maxBytes) throws IOException {
    return DeliveryFile.open(folder.resolve("log.db"), clock, maxBytes);
  }

  private DeliveryFile open() throws IOException {
    return open(DeliveryFile.MAX_BYTES);
  }

  private static DeliveryFile.Query query(
      @Nullable String id, List<String> jids, List<String> texts) {
    return new DeliveryFile.Query(
        Set.of(),
        id,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        jids,
        texts,
        0,
        Long.MAX_VALUE);
  }

  private SeenDelivery seen(String id, String from, Outcome outcome, int status, String body) {
    return seen(id, from, outcome, status, body, "", 0);
  }

  private SeenDelivery seen(
      String id, String from, Outcome outcome, int status, String body, String batch, int place) {
    return new SeenDelivery(
        1,
        id,
        "s1",
        Jid.of(from),
        Jid.of("bot@gw.localhost"),
        "message",
        "chat",
        now.toEpochMilli(),
        1,
        batch.isEmpty() ? List.of() : List.of(new SeenBatch(batch, 3, place, 2, 4)),
        List.of(new SeenAttempt(1, "answered", status, 1_000, "status " + status, 0)),
        outcome,
        1_000,
        0,
        List.of(),
        body,
        xml(body),
        "",
        List.of(),
        0,
        "");
  }

  private static String xml(String body) {
    return "<message from='ann@localhost' to='bot@gw.localhost'><body>"
        + body
        + "</body></message>";
  }

  private static Stanza stanza(String body) {
    return new Message(
        new StanzaHeader(Jid.of("bot@gw.localhost"), Jid.of("ann@localhost"), "1", "chat", null),
        body,
        null,
        null,
        List.of(),
        StanzaXml.of(xml(body)));
  }

  private static List<String> ids(DeliveryFile.Found found) {
    return found.deliveries().stream()
        .map(json -> new JsonMapper().readTree(json).get("id").asString())
        .toList();
  }

  private void write(SeenDelivery... all) throws IOException {
    try (DeliveryFile file = open()) {
      for (SeenDelivery each : all) {
        file.add(each, stanza(each.preview()));
      }
    }
  }

  private List<String> find(DeliveryFile.Query query) throws IOException {
    try (DeliveryFile file = open()) {
      return ids(file.find(query, 10, false));
    }
  }

  @Test
  void whatEndedIsThereAfterTheNextOpening() throws IOException {
    write(
        seen("a", "ann@localhost/x", Outcome.SETTLED, 200, "one"),
        seen("b", "ben@localhost/x", Outcome.GIVEN_UP, 500, "two"));
    // Once more, as after a redelivery: it takes the place of the first.
    write(seen("a", "ann@localhost/x", Outcome.SETTLED, 204, "one"));
    assertThat(find(ALL)).containsExactly("a", "b");
    try (DeliveryFile file = open()) {
      DeliveryFile.Found found = file.find(query("b", List.of(), List.of()), 10, true);
      assertThat(found.deliveries()).singleElement().asString().contains("<body>two</body>");
      assertThat(file.find(ALL, 10, false).deliveries()).noneMatch(json -> json.contains("<body>"));
      assertThat(file.find(ALL, 1, false).cut()).isTrue();
      assertThat(file.has("b")).isTrue();
      assertThat(file.has("c")).isFalse();
      Stanza kept = file.stanza("b");
      assertThat(kept).isInstanceOf(Message.class);
      assertThat(((Message) kept).body()).isEqualTo("two");
      assertThat(file.stanza("c")).isNull();
    }
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("log.db"))))
        .isEqualTo("rw-------");
  }

  @Test
  void findsByEachFilter() throws IOException {
    now = NOW.minusSeconds(60);
    write(seen("a", "ann@localhost/Phone", Outcome.SETTLED, 200, "Hello WORLD"));
    now = NOW;
    write(seen("b", "ben@localhost/x", Outcome.GIVEN_UP, 500, "two"));
    assertThat(find(query(null, List.of("ANN@", "phone"), List.of()))).containsExactly("a");
    assertThat(find(query(null, List.of(), List.of("world", "hello")))).containsExactly("a");
    assertThat(find(query(null, List.of(), List.of("worlds")))).isEmpty();
    assertThat(find(query(null, List.of(), List.of("status 500")))).containsExactly("b");
    assertThat(find(with(List.of("iq"), List.of(), List.of(), 0, Long.MAX_VALUE))).isEmpty();
    assertThat(find(with(List.of(), List.of("given_up"), List.of(), 0, Long.MAX_VALUE)))
        .containsExactly("b");
    for (String status : List.of("500", "given_up")) {
      assertThat(find(with(List.of(), List.of(), List.of(status), 0, Long.MAX_VALUE)))
          .containsExactly("b");
    }
    assertThat(find(with(List.of(), List.of(), List.of("answered"), 0, Long.MAX_VALUE)))
        .containsExactly("b", "a");
    long then = NOW.toEpochMilli();
    assertThat(find(with(List.of(), List.of(), List.of(), then, then))).containsExactly("b");
    assertThat(find(with(List.of(), List.of(), List.of(), 0, then - 1))).containsExactly("a");
    try (DeliveryFile file = open()) {
      DeliveryFile.Query others =
          new DeliveryFile.Query(
              Set.of("b"),
              null,
              "GW.localhost",
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              0,
              Long.MAX_VALUE);
      assertThat(ids(file.find(others, 10, false))).containsExactly("a");
    }
  }

  private static DeliveryFile.Query with(
      List<String> kinds, List<String> states, List<String> statuses, long since, long until) {
    return new DeliveryFile.Query(
        Set.of(), null, null, List.of(), kinds, states, statuses, List.of(), List.of(), since,
        until);
  }

  @Test
  void aBatchIsFoundWithTheStanzasThatAreKept() throws IOException {
    String bat = "bat_x_1";
    write(
        seen("c", "ann@localhost/x", Outcome.SETTLED, 200, "three", bat, 2),
        seen("other", "ann@localhost/x", Outcome.SETTLED, 200, "else", "bat_x_11", 0),
        seen("alone", "ann@localhost/x", Outcome.SETTLED, 200, "alone"),
        seen("a", "ann@localhost/x", Outcome.SETTLED, 200, "one", bat, 0));
    try (DeliveryFile file = open()) {
      assertThat(file.batchOf("a")).isEqualTo(bat);
      assertThat(file.batchOf("alone")).isNull();
      assertThat(file.batchOf("none")).isNull();
      KeptBatch batch =
          new KeptBatch(
              file.batch(bat).stream()
                  .sorted(Comparator.comparingInt(each -> each.batch().place()))
                  .toList());
      assertThat(batch.size()).isEqualTo(2);
      assertThat(batch.wholeSize()).isEqualTo(3);
      assertThat(batch.isWhole()).isFalse();
      assertThat(batch.id() + " " + batch.attempt() + " " + batch.attempt(1))
          .isEqualTo(bat + " 2 4");
      assertThat(batch.webhookId(0) + batch.webhookId(1)).isEqualTo("ac");
      assertThat(batch.stanza(1).xml().toString()).contains("<body>three</body>");
      DeliveryFile.Query together =
          new DeliveryFile.Query(
              Set.of(),
              null,
              null,
              List.of(bat),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              0,
              Long.MAX_VALUE);
      assertThat(ids(file.find(together, 10, false))).containsExactly("a", "c");
    }
  }

  @Test
  void theOldAndTheTooManyGo() throws IOException {
    write(seen("old", "ann@localhost/x", Outcome.SETTLED, 200, "one"));
    now = NOW.plus(DeliveryFile.MAX_AGE).plus(Duration.ofSeconds(1));
    write(seen("a", "ann@localhost/x", Outcome.SETTLED, 200, "one"));
    assertThat(find(ALL)).containsExactly("a");

    String large = "x".repeat(8_000);
    try (DeliveryFile file = open()) {
      for (int i = 0; i < 200; i++) {
        file.add(seen("m" + i, "ann@localhost/x", Outcome.SETTLED, 200, large), null);
      }
    }
    try (DeliveryFile file = open(1 << 20)) {
      List<String> left = ids(file.find(ALL, 1000, false));
      assertThat(left).startsWith("m199").hasSizeBetween(20, 120);
    }
  }

  @Test
  void anotherFileIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("log.db"), "this is no database at all, but text");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--delivery-log-file: the file " + file + " cannot be used: ");
    assertThat(file).hasContent("this is no database at all, but text");
  }

  @Test
  void deliveriesThatAreShownNoMoreAreFollowedToTheirEnd() throws IOException {
    try (DeliveryFile file = open()) {
      RecentDeliveries log = new RecentDeliveries(1, true, file, clock);
      for (String id : List.of("a", "b", "c")) {
        log.calling(stanza(id), id, 1);
      }
      assertThat(log.all()).extracting(SeenDelivery::webhookId).containsExactly("c");
      for (String id : List.of("b", "a")) {
        log.settled(stanza(id), id, 5);
      }
    }
    assertThat(find(ALL)).containsExactly("a", "b");
  }
}
