package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.standardwebhooks.Webhook;
import io.stanzahook.TestSettings;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.signing.NewSigningKey;
import io.stanzahook.signing.SignatureCheck;
import io.stanzahook.signing.SigningKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Requests and responses as proper servers make them. */
class WebhookClientIT extends WebhookClientFixture {
  private static final String HELLO =
      RawServer.response(200, "application/json", "{\"body\":\"Hello\"}");

  @Test
  void postsTheStanza() throws Exception {
    RawServer server = server(RawServer.always(HELLO));

    assertThat(bodies(post(client(server), chat))).containsExactly("Hello");

    RawServer.Request request = server.next();
    assertThat(request.line()).isEqualTo("POST /hook HTTP/1.1");
    assertThat(request.body())
        .startsWith("{\"to\":\"bot@gw.example\",\"from\":\"alice@example.org/phone\",")
        .endsWith("</message>\"}");
    assertThat(request.headers())
        .containsEntry("host", "127.0.0.1:" + server.port())
        .containsEntry("content-type", "application/json")
        .containsEntry("content-length", String.valueOf(request.body().length()))
        .containsEntry("accept", "application/json, application/xmpp+xml, text/plain")
        .containsEntry("user-agent", "stanzahook/test")
        .containsEntry("authorization", "Bearer t0ken")
        .containsEntry("x-two", "a")
        .containsEntry("webhook-id", "id-1")
        .containsEntry("webhook-attempt", "1")
        .containsKey("webhook-timestamp")
        .containsEntry("accept-encoding", "identity")
        .hasSize(11);
    assertThat(Long.parseLong(request.headers().get("webhook-timestamp")))
        .isCloseTo(Instant.now().getEpochSecond(), within(10L));
  }

  @Test
  void aRetryHasTheSameBodyAndAnotherAttempt() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    Mono<WebhookResult> first = client(server).post(chat, "id-7", 1);

    first.block(LONG);
    first.block(LONG);
    client(server).post(chat, "id-7", 2).block(LONG);

    RawServer.Request one = server.next();
    assertThat(server.next().body()).isEqualTo(one.body());
    RawServer.Request two = server.next();
    assertThat(two.body()).isEqualTo(one.body());
    assertThat(two.id()).isEqualTo("id-7");
    assertThat(two.headers()).containsEntry("webhook-attempt", "2");
  }

  @Test
  void eachAttemptIsSignedAnew() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    NewSigningKey pair = NewSigningKey.asymmetric();
    NewSigningKey shared = NewSigningKey.shared();
    WebhookClient client =
        client(
            Settings.with(
                settings(server.url() + "/hook", LONG, 10),
                "signing-secret-file",
                SigningKeys.parse(shared.secret() + "\n" + pair.secret())));

    for (int attempt = 1; attempt <= 3; attempt++) {
      client.post(TestStanzas.chat("\u20ac".repeat(3_000)), "msg_1", attempt).block(LONG);
      RawServer.Request request = server.next();
      Map<String, String> headers = request.headers();
      String[] signatures = Objects.requireNonNull(headers.get("webhook-signature")).split(" ", -1);

      assertThat(signatures).hasSize(2);
      new Webhook(shared.secret())
          .verify(
              request.body(),
              Map.of(
                  "webhook-id", List.of("msg_1"),
                  "webhook-timestamp", List.of(headers.get("webhook-timestamp")),
                  "webhook-signature", List.of(headers.get("webhook-signature"))));
      assertThat(
              SignatureCheck.verifies(
                  SignatureCheck.bytes(pair.verifier()),
                  signatures[1],
                  "msg_1." + headers.get("webhook-timestamp") + "." + request.body()))
          .isTrue();
    }
  }

  @Test
  void doesNothingBeforeItIsSubscribedTo() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookClient client = client(server);

    Mono<WebhookResult> unused = client.post(chat, "never", 1);
    post(client, chat, "now");

    assertThat(unused).isNotNull();
    assertThat(server.next().id()).isEqualTo("now");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void placeholdersComeFromTheStanza() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookClient client =
        client(settings(server.url() + "/{kind}/{from.local}?to={to}", LONG, 10));

    assertThat(bodies(post(client, chat))).containsExactly("Hello");
    post(client, get);

    assertThat(server.next().line()).isEqualTo("POST /message/alice?to=bot%40gw.example HTTP/1.1");
    assertThat(server.next().line()).isEqualTo("POST /iq/alice?to=bot%40gw.example HTTP/1.1");
  }

  @Test
  void keepsConnectionsAlive() throws Exception {
    RawServer server =
        server(
            peer -> {
              while (true) {
                RawServer.Request request = peer.read();
                peer.write(
                    request.id().endsWith("1")
                        ? RawServer.response(503, "text/plain", "busy")
                        : "HTTP/1.1 204 No Content\r\n\r\n");
              }
            });
    WebhookClient client = client(server);

    for (int i = 0; i < 50; i++) {
      assertThat(post(client, chat, "id" + i).status()).isIn(204, 503);
    }
    // A call may begin before the last one's connection is back in the pool.
    assertThat(server.accepted()).isLessThanOrEqualTo(2);
  }

  @Test
  void manyCallsShareFewConnections() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookClient client = client(settings(server.url(), LONG, 20));

    List<WebhookResult> results =
        Flux.range(0, 1_000)
            .flatMap(i -> client.post(chat, "id" + i, 1), 30)
            .collectList()
            .block(LONG);

    assertThat(results).hasSize(1_000).allMatch(result -> result instanceof Answered);
    assertThat(server.requests().stream().map(RawServer.Request::id).distinct()).hasSize(1_000);
    assertThat(server.accepted()).isLessThanOrEqualTo(20);
  }

  @Test
  void readsAResponseInPieces() throws Exception {
    RawServer server =
        server(
            RawServer.always(
                "HTTP/1.1 200 OK\r\nContent-Type: application/js",
                "on\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"bod\r\n",
                "1\r\ny\r\n",
                "A;x=y\r\n\":\"Hello\"}\r\n0\r\nTrailer: x\r\n\r\n"));
    WebhookClient client = client(server);

    for (int i = 0; i < 10; i++) {
      assertThat(bodies(post(client, chat))).containsExactly("Hello");
    }
    assertThat(server.accepted()).isLessThanOrEqualTo(2);
  }

  @Test
  void readsAResponseThatEndsWithTheConnection() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHel", "lo");
            });
    WebhookClient client = client(server);

    assertThat(bodies(post(client, chat))).containsExactly("Hello");
    assertThat(bodies(post(client, chat))).containsExactly("Hello");
    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void readsXmlAndText() throws Exception {
    WebhookClient xml =
        client(
            server(
                RawServer.always(
                    RawServer.response(
                        200, "application/xmpp+xml", "<message><body>X</body></message>"))));
    WebhookClient text =
        client(
            server(
                RawServer.always(RawServer.response(200, "text/plain; charset=UTF-8", "T\u00e9"))));

    assertThat(bodies(post(xml, chat))).containsExactly("X");
    assertThat(bodies(post(text, chat))).containsExactly("T\u00e9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 299 Whatever\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      })
  void successWithoutAReply(String response) throws Exception {
    WebhookClient client = client(server(RawServer.always(response)));

    Answered message = answered(post(client, chat));
    assertThat(message.replies()).isEmpty();
    assertThat(message.dropped()).isEmpty();
    assertThat(message.status()).isBetween(200, 299);
    assertThat(xml(post(client, get))).contains("type='result'", "id='q1'");
  }

  @Test
  void theEncodingAskedForMayBeAnother() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookSettings usual = settings(server.url(), LONG, 10);
    post(
        client(
            TestSettings.webhook(
                usual.postUrl(),
                List.of(Map.entry("accept-encoding", "gzip")),
                LONG,
                MAX_RESPONSE,
                100,
                10,
                "stanzahook/test")),
        chat);
    assertThat(server.next().headers()).containsEntry("accept-encoding", "gzip");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/json", "application/octet-stream", ""})
  void aTypeThatIsNoReplyIsNamedWithTheRemedy(String type) throws Exception {
    String head = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
    WebhookClient client =
        client(
            server(RawServer.always("HTTP/1.1 200 OK\r\n" + head + "Content-Length: 2\r\n\r\n{}")));

    DroppedReply dropped = answered(post(client, chat)).dropped().get(0);

    assertThat(dropped.reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(dropped.detail())
        .contains(type.isEmpty() ? "no Content-Type" : "'" + type + "'")
        .contains("have the webhook send it as application/json", "answer 204");
  }

  @Test
  void aPackedBodyIsNamedWithTheRemedy() throws Exception {
    WebhookClient client =
        client(
            server(
                RawServer.always(
                    RawServer.response(200, "application/json", "???", "Content-Encoding: gzip"))));

    DroppedReply dropped = answered(post(client, chat)).dropped().get(0);

    assertThat(dropped.detail())
        .contains(
            "Content-Encoding 'gzip'", "the webhook, or the proxy before it, send it without");
    WebhookClient plain =
        client(
            server(
                RawServer.always(
                    RawServer.response(
                        200,
                        "application/json",
                        "{\"body\":\"x\"}",
                        "Content-Encoding: Identity"))));
    assertThat(bodies(post(plain, chat))).containsExactly("x");
  }

  @Test
  void aReplyWithAnotherStatusIsHintedAtOnce() throws Exception {
    WebhookClient client =
        client(
            server(RawServer.always(RawServer.response(201, "application/json", "{\"body\":1}"))));

    assertThat(answered(post(client, chat)).hint())
        .contains("status 201", "'application/json'", "have the webhook answer 200");
    assertThat(answered(post(client, chat)).hint()).isNull();
    for (String none :
        List.of(
            RawServer.response(201, "application/json", ""),
            RawServer.response(202, "text/html", "<p>"),
            "HTTP/1.1 204 No Content\r\n\r\n")) {
      assertThat(answered(post(client(server(RawServer.always(none))), chat)).hint()).isNull();
    }
  }

  @Test
  void anUnreadableResponseIsDropped() throws Exception {
    WebhookClient client =
        client(server(RawServer.always(RawServer.response(200, "text/html", "<html></html>"))));

    Answered message = answered(post(client, chat));
    assertThat(message.replies()).isEmpty();
    assertThat(message.dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.UNREADABLE);
    assertThat(xml(post(client, get))).contains("type='error'", "<internal-server-error ");
  }

  @Test
  void aRefusalIsAnErrorWithItsRetryAfter() throws Exception {
    RawServer busy =
        server(RawServer.always(RawServer.response(429, "text/plain", "secret", "Retry-After: 7")));
    RawServer broken = server(RawServer.always(RawServer.response(500, "text/plain", "secret")));

    assertThat(post(client(busy), chat))
        .isEqualTo(
            new Failed(
                Outcome.ANSWERED,
                429,
                StatusErrors.of(429),
                "http://127.0.0.1:" + busy.port() + " answered with status 429",
                Duration.ofSeconds(7),
                "secret"));
    Failed second = failed(post(client(broken), chat));
    assertThat(second.status()).isEqualTo(500);
    assertThat(second.retryAfter()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowed(int status) throws Exception {
    RawServer elsewhere = server(RawServer.always(HELLO));
    RawServer server =
        server(
            RawServer.always(
                RawServer.response(status, "text/plain", "", "Location: " + elsewhere.url())));

    Failed failed = failed(post(client(server), chat));
    assertThat(failed.status()).isEqualTo(status);
    assertThat(condition(failed)).isEqualTo("cancel/service-unavailable");
    assertThat(elsewhere.accepted()).isZero();
  }

  @Test
  void resultsComeOnAnEventLoop() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    AtomicReference<String> thread = new AtomicReference<>();

    client(server)
        .post(chat, "id", 1)
        .doOnNext(result -> thread.set(Thread.currentThread().getName()))
        .block(LONG);

    assertThat(thread.get()).startsWith("webhook-it-");
  }

  @Test
  void cancellingAbortsTheCall() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.awaitPeerClose();
            });
    WebhookClient client = client(server);

    Disposable call = client.post(chat, "id", 1).subscribe();
    server.next();
    call.dispose();

    server.awaitEnd();
  }

  @Test
  void cancellingGivesThePlaceFree() throws Exception {
    RawServer server =
        server(
            peer -> {
              while (true) {
                if (peer.read().id().equals("answered")) {
                  peer.write(HELLO);
                }
              }
            });
    WebhookClient client = client(settings(server.url(), LONG, 1));

    for (int i = 0; i < 10; i++) {
      Disposable first = client.post(chat, "first", 1).subscribe();
      server.next();
      Disposable waiting = client.post(chat, "waiting", 1).subscribe();
      waiting.dispose();
      first.dispose();
    }

    assertThat(bodies(post(client, chat, "answered"))).containsExactly("Hello");
  }

  @Test
  void cancellingAtAnyMomentGivesThePlaceFree() throws Exception {
    RawServer server =
        server(
            peer -> {
              boolean whole = peer.read().id().equals("answered");
              peer.write(whole ? HELLO : HELLO.substring(0, HELLO.length() - 5));
            });
    WebhookClient client = client(settings(server.url(), LONG, 2));

    for (int i = 0; i < 400; i++) {
      Disposable call = client.post(chat, "cancelled", 1).subscribe();
      LockSupport.parkNanos((i % 20) * 100_000L);
      call.dispose();
    }

    assertThat(bodies(post(client, chat, "answered"))).containsExactly("Hello");
  }

  @Test
  void callsBeyondTheBoundAreTurnedAway() throws Exception {
    RawServer server = server(peer -> peer.awaitPeerClose());
    WebhookClient client = client(settings(server.url(), LONG, 1));

    Disposable first = client.post(chat, "1", 1).subscribe();
    Disposable second = client.post(chat, "2", 1).subscribe();

    Failed third = failed(post(client, chat, "3"));
    assertThat(third.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(condition(third)).isEqualTo("wait/resource-constraint");
    first.dispose();
    second.dispose();
  }

  @Test
  void aDisposedClientSendsNothing() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    WebhookClient client = client(server);
    post(client, chat, "before");

    client.dispose().block(LONG);
    server.awaitEnd();

    Failed after = failed(post(client, chat, "after"));
    assertThat(after.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(server.requests()).extracting(RawServer.Request::id).containsExactly("before");
  }
}
