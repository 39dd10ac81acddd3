package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

class ValveTest {
  private static final Stanza SMALL = Stanzas.of("<message from='a@b' to='bot@gw.localhost'/>");

  private final List<String> told = new ArrayList<>();
  private final Valve valve = new Valve(() -> told.add("begins"), () -> told.add("ended"));

  /** Asks for nothing by itself. */
  private static class Taker extends BaseSubscriber<Stanza> {
    final List<String> taken = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(Stanza stanza) {
      taken.add(String.valueOf(stanza.id()));
    }
  }

  private static Stanza numbered(int id) {
    return Stanzas.of("<message from='a@b' to='bot@gw.localhost' id='%d'/>".formatted(id));
  }

  private static Stanza large(int bytes) {
    return Stanzas.of(
        "<message from='a@b' to='bot@gw.localhost'><body>%s</body></message>"
            .formatted("x".repeat(bytes)));
  }

  @Test
  void givesOutAsItIsAskedFor() {
    StepVerifier.create(valve, 0)
        .then(() -> valve.onDemand(() -> told.add("demand")))
        .then(() -> valve.put(SMALL))
        .then(() -> valve.put(SMALL))
        .then(() -> assertThat(valve.isShut()).isTrue())
        .thenRequest(1)
        .expectNextCount(1)
        .then(() -> assertThat(valve.isShut()).isTrue())
        .thenRequest(3)
        .expectNextCount(1)
        .then(() -> assertThat(valve.isShut()).isFalse())
        .then(() -> assertThat(told).containsExactly("begins", "demand", "demand"))
        .then(() -> valve.put(SMALL))
        .then(() -> valve.put(SMALL))
        .expectNextCount(2)
        .then(() -> assertThat(valve.isShut()).isTrue())
        .thenRequest(Long.MAX_VALUE)
        .then(() -> valve.put(SMALL))
        .expectNextCount(1)
        .then(() -> assertThat(valve.isShut()).isFalse())
        .thenCancel()
        .verify();
    assertThat(told).endsWith("ended");
  }

  @Test
  void whatIsAskedForInTurnIsGivenInTurn() {
    Taker oneByOne =
        new Taker() {
          @Override
          protected void hookOnNext(Stanza stanza) {
            super.hookOnNext(stanza);
            request(1);
          }
        };
    valve.subscribe(oneByOne);
    for (int id = 0; id < 3; id++) {
      valve.put(numbered(id));
    }
    oneByOne.request(1);
    valve.put(numbered(3));
    assertThat(oneByOne.taken).containsExactly("0", "1", "2", "3");
  }

  @Test
  void isBoundedInNumber() {
    int count = 0;
    while (valve.put(SMALL)) {
      count++;
    }
    assertThat(count).isEqualTo(Valve.MAX_WAITING);

    Taker taker = new Taker();
    valve.subscribe(taker);
    taker.request(1);
    assertThat(valve.put(SMALL)).as("one place is free").isTrue();
    assertThat(valve.put(SMALL)).isFalse();
  }

  @Test
  void isBoundedInBytes() {
    Stanza large = large(400_000);
    long bytes = 0;
    while (valve.put(large)) {
      bytes += large.xml().length();
    }
    assertThat(bytes)
        .isBetween(Valve.MAX_WAITING_BYTES - large.xml().length(), Valve.MAX_WAITING_BYTES);

    StepVerifier.create(valve, 1_000)
        .expectNextCount(bytes / large.xml().length())
        .then(() -> assertThat(valve.put(large)).as("there is demand again").isTrue())
        .expectNextCount(1)
        .thenCancel()
        .verify();
  }

  @Test
  void endsAtOnceAndOnce() {
    valve.put(SMALL);
    StepVerifier.create(valve, 0).then(valve::complete).verifyComplete();
    valve.fail(new IllegalStateException("too late"));
    valve.complete();
    assertThat(valve.put(SMALL)).as("goes nowhere").isTrue();
    assertThat(told).containsExactly("begins", "ended");
    StepVerifier.create(valve).verifyErrorMessage("a stream can be subscribed to once");
  }

  @Test
  void failsWhereItsBeginningFails() {
    List<Valve> self = new ArrayList<>();
    Valve failing =
        new Valve(
            () -> self.get(0).fail(new IllegalStateException("refused")), () -> told.add("ended"));
    self.add(failing);
    StepVerifier.create(failing).verifyErrorMessage("refused");
    assertThat(told).containsExactly("ended");
  }

  @Test
  void keepsTheOrderWhileOneThreadPutsInAndAnotherAsks() throws Exception {
    int many = 50_000;
    CountDownLatch all = new CountDownLatch(many);
    Taker taker =
        new Taker() {
          @Override
          protected void hookOnNext(Stanza stanza) {
            super.hookOnNext(stanza);
            all.countDown();
          }
        };
    valve.subscribe(taker);
    Stanza[] stanzas = new Stanza[many];
    List<String> ids = new ArrayList<>();
    for (int id = 0; id < many; id++) {
      stanzas[id] = numbered(id);
      ids.add("" + id);
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Boolean> puts =
          threads.submit(
              () -> {
                boolean kept = true;
                for (Stanza stanza : stanzas) {
                  kept &= valve.put(stanza);
                }
                return kept;
              });
      Future<?> asks =
          threads.submit(
              () -> {
                for (int asked = 0; asked < many; asked++) {
                  taker.request(1);
                }
              });
      assertThat(puts.get(120, TimeUnit.SECONDS)).isTrue();
      asks.get(120, TimeUnit.SECONDS);
      assertThat(all.await(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(taker.taken).isEqualTo(ids);
    assertThat(valve.isShut()).isTrue();
  }

  @Test
  void theChannelReadsAsFarAsThereIsDemand() {
    EmbeddedChannel channel = new EmbeddedChannel();
    StreamInbound inbound =
        new StreamInbound(
            channel,
            Jid.of("gw.localhost"),
            WireLimits.DEFAULTS,
            valve,
            new StreamListener() {
              @Override
              public void paused() {
                told.add("paused");
              }

              @Override
              public void resumed() {
                told.add("resumed");
              }
            },
            event -> {
              if (event instanceof StreamEvent.Received received) {
                valve.put(received.stanza());
              }
            },
            end -> told.add(String.valueOf(end.getMessage())));
    channel.pipeline().addLast(inbound);
    Taker taker = new Taker();
    valve.subscribe(taker);
    told.clear();

    read(channel, "<stream:stream xmlns='jabber:component:accept'");
    read(channel, " xmlns:stream='http://etherx.jabber.org/streams' id='i'><handshake/>");
    assertThat(channel.config().isAutoRead()).as("the handshake is read").isTrue();
    inbound.obeyValve();
    read(channel, " ");
    assertThat(channel.config().isAutoRead()).as("nobody asks").isFalse();
    taker.request(2);
    assertThat(channel.config().isAutoRead()).isTrue();
    read(channel, "<message id='1' from='a@b'/><message id='2' from='a@b'/><message ");
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(inbound.isPaused()).isTrue();
    read(channel, "id='3' from='a@b'/><message id='4' from='a@b'/>");
    assertThat(taker.taken).containsExactly("1", "2");
    taker.request(1);
    assertThat(taker.taken).containsExactly("1", "2", "3");
    assertThat(channel.config().isAutoRead()).as("one more waits already").isFalse();
    taker.request(2);
    assertThat(taker.taken).containsExactly("1", "2", "3", "4");
    assertThat(channel.config().isAutoRead()).isTrue();
    read(channel, "<message id='5' from='a@b'/>");
    assertThat(told).containsExactly("paused", "resumed", "paused", "resumed", "paused");

    inbound.readAll();
    read(channel, "<message id='6' from='a@b'/>");
    assertThat(channel.config().isAutoRead()).as("the rest is read in any case").isTrue();
    channel.finish();
    assertThat(told).endsWith("resumed", "the server closed the connection");
    taker.request(9);
    assertThat(taker.taken).containsExactly("1", "2", "3", "4", "5", "6");
  }

  private static void read(EmbeddedChannel channel, String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.UTF_8));
    channel.runPendingTasks();
  }
}
