package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Handshake;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** What becomes of the connection while nobody takes stanzas, and so nothing is read. */
class PausedStreamIT extends StreamBytesFixture {
  /**
   * More than was asked for, less than a socket holds unread: what the server could not send yet is
   * gone with it.
   */
  private static final int MANY = 150;

  private final BlockingQueue<String> taken = new LinkedTransferQueue<>();

  /** Asks for nothing by itself. */
  private final BaseSubscriber<Stanza> taker =
      new BaseSubscriber<>() {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
          request(1);
        }

        @Override
        protected void hookOnNext(Stanza stanza) {
          taken.add(String.valueOf(stanza.id()));
        }
      };

  private static String message(int id) {
    return "<message from='ann@localhost' to='bot@gw.localhost' id='%d'><body>%s</body></message>"
        .formatted(id, "x".repeat(200));
  }

  private static void writeMany(Socket socket, int from) throws Exception {
    StringBuilder all = new StringBuilder();
    IntStream.range(from, from + MANY).forEach(id -> all.append(message(id)));
    write(socket, all.toString());
  }

  private void sends(String body) {
    send(body).subscribe(none -> {}, error -> told.add("not sent"), () -> told.add("sent"));
  }

  private void takes(int from, int count) throws InterruptedException {
    for (int id = from; id < from + count; id++) {
      assertThat(taken.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("" + id);
    }
  }

  /** Replies fail to be written, and so the connection is known to be lost. */
  private void sendUntilItIsLost() throws InterruptedException {
    String last = "";
    while (last != null && !last.contains("next attempt in")) {
      sends("lost");
      last = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(last).as("told of the loss").isNotNull();
  }

  @Test
  void aLostConnectionIsReplacedAndWhatItBroughtIsKept() throws Exception {
    connect(PATIENCE, taker);
    try (Socket socket = accept()) {
      open(socket);
      writeMany(socket, 0);
      takes(0, 1);
    }
    sendUntilItIsLost();
    try (Socket again = accept()) {
      // The handshake is read as well, though nobody asks for stanzas.
      open(again);
      sends("y");
      writeMany(again, MANY);
      assertThat(taken).isEmpty();
      taker.request(2 * MANY - 1);
      takes(1, 2 * MANY - 1);
    }
  }

  @Test
  void aLostConnectionIsNoticedThoughNothingIsToBeSent() throws Exception {
    connect(Duration.ofSeconds(1), taker);
    try (Socket socket = accept()) {
      open(socket);
      writeMany(socket, 0);
      takes(0, 1);
    }
    awaitTold("next attempt in");
    try (Socket again = accept()) {
      open(again);
    }
    taker.request(MANY);
    takes(1, MANY - 1);
  }

  @Test
  void aServerThatReadsNothingIsLeft() throws Exception {
    connect(Duration.ofSeconds(1), taker);
    try (Socket frozen = accept()) {
      open(frozen);
      writeMany(frozen, 0);
      takes(0, 1);
      for (int i = 0; i < 80; i++) {
        sends("z".repeat(200_000));
      }
      assertThat(awaitTold("CONNECTING")).contains("the server read nothing for 1 s");
      try (Socket again = accept()) {
        expect(again, Handshake.start(DOMAIN));
      }
      taker.request(MANY);
      takes(1, MANY - 1);
    }
  }

  @Test
  void aServerThatIsQuietMeanwhileIsNotLeft() throws Exception {
    connect(Duration.ofMillis(400), taker);
    try (Socket socket = accept()) {
      open(socket);
      writeMany(socket, 0);
      takes(0, 1);
      sends("before");
      awaitTold("sent");
      // Many times the time-out, measured by what the stream itself does in it.
      assertThat(told.poll(3, TimeUnit.SECONDS)).isNull();
      taker.request(MANY - 1);
      takes(1, MANY - 1);
    }
  }
}
