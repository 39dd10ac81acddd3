package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.WireLimits;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/** What happens after the server ended the stream over something that we wrote. */
class QuarantineIT {
  private static final String DOMAIN = "bot.localhost";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KILLED_AT = 50;
  private static final int MANY = 1000;
  private static final int LATE = 20;

  private record Quarantine(String condition, List<WrittenStanza> suspects) {}

  private final LoopResources loops = LoopResources.create("quarantine-it", 1, true);

  /** Not a blocking queue: whoever adds to one may have to wait, and here event loops do. */
  private final Sinks.Many<String> received = Sinks.many().replay().all();

  private final BlockingQueue<String> statuses = new LinkedTransferQueue<>();
  private final BlockingQueue<Quarantine> quarantines = new LinkedTransferQueue<>();
  private volatile Consumer<String> onReceived = body -> {};
  private ComponentServer server;
  private ComponentStream stream;
  private Disposable subscription;

  static Stream<StreamCondition> conditions() {
    return Arrays.stream(StreamCondition.values())
        .filter(condition -> condition.cause() == StreamCondition.Cause.OUR_OUTPUT);
  }

  @BeforeEach
  void start() throws InterruptedException {
    server =
        ComponentServer.start(
                ComponentServerSettings.of(DOMAIN, "secret"),
                loops,
                new ComponentServerListener() {
                  @Override
                  public void received(Stanza stanza) {
                    String body = ((Message) stanza).body();
                    received.tryEmitNext(String.valueOf(body)).orThrow();
                    onReceived.accept(body);
                  }
                })
            .block(PATIENCE);
    stream =
        new ComponentStream(
            TestSettings.component(
                ComponentServerSettings.LOOPBACK,
                server.port(),
                DOMAIN,
                "secret",
                WireLimits.DEFAULTS,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                2 * MANY,
                PATIENCE),
            loops,
            new StreamListener() {
              @Override
              public void status(StreamStatus status, @Nullable String detail) {
                statuses.add(status + " " + detail);
              }

              @Override
              public void quarantined(String condition, List<WrittenStanza> suspects) {
                quarantines.add(new Quarantine(condition, suspects));
              }
            });
    subscription = stream.stanzas().subscribe(this::answer);
    awaitStatus("CONNECTED");
  }

  @AfterEach
  void end() {
    stream.close().block(PATIENCE);
    subscription.dispose();
    server.stop().block(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private String awaitStatus(String wanted) throws InterruptedException {
    for (String next = ""; next != null; next = statuses.poll(120, TimeUnit.SECONDS)) {
      if (next.startsWith(wanted) && !next.equals("CONNECTING null")) {
        return next;
      }
    }
    throw new AssertionError("the stream was never " + wanted);
  }

  /** As a webhook does that says again what it is told. */
  private void answer(Stanza stanza) {
    send(String.valueOf(((Message) stanza).body()));
  }

  private void send(String body) {
    OutboundStanza message =
        OutboundStanza.of(
            OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of("u@localhost"), Jid.of(DOMAIN))
                .attribute("id", body)
                .textChild(Namespaces.COMPONENT, "body", body)
                .textChild(Namespaces.COMPONENT, "thread", "x".repeat(1000))
                .build());
    // What was being written when the connection broke fails, and is lost, as streams go.
    stream.send(List.of(message)).subscribe(done -> {}, error -> {});
  }

  private void awaitReceived(String body) {
    assertThat(received.asFlux().filter(body::equals).next().block(PATIENCE)).isEqualTo(body);
  }

  private void hear(String body) {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of(DOMAIN), Jid.of("u@localhost"))
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build()))
        .block(PATIENCE);
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void a8_whatWasWrittenIsNeverWrittenAgainAndWhatWaitedIs(StreamCondition condition)
      throws InterruptedException {
    onReceived =
        body -> {
          if (body.equals(Integer.toString(KILLED_AT))) {
            server.endStreams(condition);
          }
        };
    for (int n = 1; n <= MANY; n++) {
      send(Integer.toString(n));
    }
    awaitStatus("CONNECTING");
    for (int n = MANY + 1; n <= MANY + LATE; n++) {
      send(Integer.toString(n));
    }

    List<Integer> arrived =
        received
            .asFlux()
            .takeUntil(Integer.toString(MANY + LATE)::equals)
            .map(Integer::valueOf)
            .collectList()
            .block(PATIENCE);

    // In order, so each once; without a gap but for the one that the end of the stream made.
    assertThat(arrived).isSorted().doesNotHaveDuplicates();
    int before = 0;
    while (before + 1 < arrived.size() && arrived.get(before + 1) == arrived.get(before) + 1) {
      before++;
    }
    assertThat(arrived.get(before)).isGreaterThanOrEqualTo(KILLED_AT);
    int rest = arrived.size() - (before + 1);
    // No gap where the server had read all before its own end came through.
    int firstAfter = rest == 0 ? MANY + 1 : arrived.get(before + 1);
    assertThat(rest == 0 ? LATE : rest).isEqualTo(MANY + LATE - firstAfter + 1);
    assertThat(firstAfter).isLessThanOrEqualTo(MANY + 1);

    // The suspects are the very last that were written to the connection that ended.
    Quarantine quarantine = quarantines.poll(120, TimeUnit.SECONDS);
    assertThat(quarantine).isNotNull();
    assertThat(quarantines).isEmpty();
    assertThat(quarantine.condition()).isEqualTo(condition.elementName());
    assertThat(quarantine.suspects()).hasSize(LastWritten.MAX);
    WrittenStanza last = quarantine.suspects().get(LastWritten.MAX - 1);
    if (rest == 0) {
      assertThat(Integer.valueOf(last.id())).isBetween(KILLED_AT, MANY);
    } else {
      assertThat(last.id()).isEqualTo(Integer.toString(firstAfter - 1));
    }
    assertThat(last.kind()).isEqualTo(StanzaKind.MESSAGE);
    assertThat(last.bytes()).isGreaterThan(1000);
    assertThat(last.toString()).doesNotContain("xxxx");
  }

  @Test
  void a8_anErrorThatIsNotOurFaultNamesNobody() throws InterruptedException {
    send("1");
    awaitReceived("1");
    server.endStreams(StreamCondition.SYSTEM_SHUTDOWN);
    awaitStatus("CONNECTING");
    awaitStatus("CONNECTED");

    assertThat(quarantines).isEmpty();
  }

  @Test
  void a8_poisonedAgainAndAgainItServesTheOthersInBetween() throws InterruptedException {
    onReceived =
        body -> {
          if (body.startsWith("poison")) {
            server.endStreams(StreamCondition.INVALID_XML);
          }
        };
    for (int round = 1; round <= 4; round++) {
      hear("good " + round);
      awaitReceived("good " + round);
      hear("poison " + round);
      awaitReceived("poison " + round);
      // The delay itself is ReconnectPolicy's.
      assertThat(awaitStatus("CONNECTING"))
          .contains("the server ended the stream with <invalid-xml/>")
          .containsPattern("next attempt in \\d+ ms");
      awaitStatus("CONNECTED");
    }
    hear("good in the end");

    awaitReceived("good in the end");
    assertThat(quarantines).hasSize(4);
    assertThat(quarantines)
        .extracting(quarantine -> quarantine.suspects().get(quarantine.suspects().size() - 1).id())
        .containsExactly("poison 1", "poison 2", "poison 3", "poison 4");
  }
}
