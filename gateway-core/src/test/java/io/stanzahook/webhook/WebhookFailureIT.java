package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.net.Names;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What goes wrong between the gateway and a webhook, and what is known of the call then. */
class WebhookFailureIT extends WebhookClientFixture {

  // Before the request is sent

  @Test
  void nobodyListens() throws Exception {
    RawServer server = server(peer -> {});
    server.close();

    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed.status()).isZero();
    assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
    assertThat(failed.detail()).startsWith("cannot connect to http://127.0.0.1:");
  }

  @Test
  void nobodyAccepts() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket one = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket two = new Socket(full.getInetAddress(), full.getLocalPort())) {
      assertThat(one.isConnected() && two.isConnected()).isTrue();
      WebhookClient client = client(settings("http://127.0.0.1:" + full.getLocalPort(), SHORT, 1));

      // One waits for the server, the other for the only connection allowed.
      List<WebhookResult> results =
          Flux.range(0, 2)
              .flatMap(i -> client.post(chat, "id" + i, 1))
              .collectList()
              .blockOptional(LONG)
              .orElseThrow();

      assertThat(results)
          .hasSize(2)
          .extracting(result -> failed(result))
          .allSatisfy(
              failed -> {
                assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
              });
    }
  }

  @Test
  void theNameIsUnknown() {
    Failed failed =
        failed(
            post(
                client(settings("http://hooks.example/x", LONG, 10), new CountedNames(null)),
                chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(condition(failed)).isEqualTo("cancel/remote-server-not-found");
    assertThat(failed.detail()).contains("http://hooks.example cannot be resolved");
  }

  @Test
  void aNameIsLookedUpOnceForABurst() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write(RawServer.response(200, "text/plain", "x", "Connection: close"));
            });
    CountedNames names = new CountedNames(InetAddress.getLoopbackAddress());
    WebhookClient client =
        client(settings("http://hooks.example:" + server.port(), LONG, 10), names);

    for (int i = 0; i < 3; i++) {
      assertThat(bodies(post(client, chat))).containsExactly("x");
    }
    assertThat(server.next().headers()).containsEntry("host", "hooks.example:" + server.port());
    assertThat(server.accepted()).isEqualTo(3);
    // Once more where the machine takes a second for it.
    assertThat(names.lookups.get()).isPositive().isLessThanOrEqualTo(3);
  }

  // Stale connections

  @Test
  void aConnectionThatTheServerClosedIsReplaced() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write(HELLO);
              peer.closeAndAwaitPeer();
            });
    WebhookClient client = client(server);

    for (int i = 1; i <= 5; i++) {
      assertThat(bodies(post(client, chat))).containsExactly("Hello");
      server.awaitEnd();
      assertThat(server.accepted()).isEqualTo(i);
    }
  }

  @Test
  void nothingIsSentTwiceWhateverTheServerCloses() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write(HELLO);
              if (peer.number() % 2 == 0) {
                peer.reset();
              }
            });
    WebhookClient client = client(server);
    Map<String, WebhookResult> results = new HashMap<>();

    for (int i = 0; i < 300; i++) {
      results.put("id" + i, post(client, chat, "id" + i));
    }

    List<String> seen = server.requests().stream().map(RawServer.Request::id).toList();
    assertThat(seen).doesNotHaveDuplicates();
    results.forEach(
        (id, result) -> {
          if (result instanceof Failed failed) {
            assertThat(failed.outcome()).as(failed.detail()).isNotEqualTo(Outcome.ANSWERED);
            if (failed.outcome() == Outcome.NOT_SENT) {
              assertThat(seen).doesNotContain(id);
            }
          } else {
            assertThat(seen).contains(id);
          }
        });
  }

  // After the request was sent

  @Test
  void theConnectionClosesWithoutAResponse() throws Exception {
    assertUnknown(server(RawServer.Peer::read), 0);
  }

  @Test
  void theConnectionIsResetWithoutAResponse() throws Exception {
    assertUnknown(
        server(
            peer -> {
              peer.read();
              peer.reset();
            }),
        0);
  }

  @Test
  void noResponseInTime() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.awaitPeerClose();
            });

    Failed failed = failed(post(client(server, SHORT), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed.error()).isEqualTo(StatusErrors.TIMEOUT);
    assertThat(failed.detail()).endsWith("within 300 ms");
    server.awaitEnd();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Type: applic",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf"
      })
  void halfAResponse(String half) throws Exception {
    int status = half.contains("\r\n\r\n") ? 200 : 0;
    assertUnknown(
        server(
            peer -> {
              peer.read();
              peer.write(half);
            }),
        status);
    RawServer slow =
        server(
            peer -> {
              peer.read();
              peer.write(half);
              peer.awaitPeerClose();
            });
    Failed failed = failed(post(client(slow, SHORT), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed.status()).isEqualTo(status);
    slow.awaitEnd();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStatusCountsThoughItsBodyNeverEnds(boolean close) throws Exception {
    for (int status : new int[] {202, 503}) {
      RawServer server =
          server(
              peer -> {
                peer.read();
                peer.write("HTTP/1.1 " + status + " S\r\nContent-Length: 100\r\n\r\nhalf");
                if (!close) {
                  peer.awaitPeerClose();
                }
              });
      WebhookResult result = post(client(server, SHORT), chat);
      assertThat(result.status()).isEqualTo(status);
      if (status == 503) {
        assertThat(failed(result).outcome()).isEqualTo(Outcome.ANSWERED);
      } else {
        assertThat(answered(result).replies()).isEmpty();
      }
      server.awaitEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
      })
  void whatIsNotHttp(String garbage) throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write(garbage);
              peer.awaitPeerClose();
            });

    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.UNDECODABLE);
    server.awaitEnd();
  }

  @Test
  void aResponseHeadWithoutEnd() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write("HTTP/1.1 200 OK\r\n");
              while (true) {
                peer.write("X-Header: " + "x".repeat(500) + "\r\n");
              }
            });

    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.UNDECODABLE);
    assertThat(failed.detail()).contains("its headers have more than 65536 bytes");
    server.awaitEnd();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody",
        "HTTP/1.1 204 No Content\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n"
            + "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nevil",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Evil\r\nContent-Length: 0\r\n\r\n",
      })
  void whatFollowsAResponseIsNotTakenForTheNext(String response) throws Exception {
    RawServer server =
        server(
            peer -> {
              while (true) {
                peer.write(peer.read().id().equals("bad") ? response : HELLO);
              }
            });
    WebhookClient client = client(server);

    for (int i = 0; i < 20; i++) {
      for (String id : List.of("bad", "good")) {
        WebhookResult result = post(client, chat, id);
        if (result instanceof Answered answered) {
          assertThat(bodies(answered)).isEqualTo(id.equals("bad") ? List.of() : List.of("Hello"));
        } else {
          // What is left over in the connection ends it, and with it the next call at worst.
          assertThat(failed(result).outcome()).isNotEqualTo(Outcome.ANSWERED);
        }
      }
    }
  }

  @Test
  void aBodyAnnouncedWhereThereIsNoneDoesNotHarmTheNextCall() throws Exception {
    RawServer server =
        server(RawServer.always("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n", "body"));
    WebhookClient client = client(server);

    for (int i = 0; i < 20; i++) {
      assertThat(answered(post(client, chat)).replies()).isEmpty();
    }
  }

  private void assertUnknown(RawServer server, int status) {
    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed.status()).isEqualTo(status);
    assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
    assertThat(server.accepted()).isOne();
  }

  /** Knows one address for every name, or none. */
  private static final class CountedNames implements Names {
    private final @Nullable InetAddress address;
    private final AtomicInteger lookups = new AtomicInteger();

    private CountedNames(@Nullable InetAddress address) {
      this.address = address;
    }

    @Override
    public Mono<List<InetAddress>> of(String host) {
      lookups.incrementAndGet();
      return address == null
          ? Mono.error(new UnknownHostException(host))
          : Mono.just(List.of(address));
    }
  }
}
