package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.StatusErrors;
import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.Stanza;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and responses that are larger than expected, or than sockets take at once. */
class WebhookSizeIT extends WebhookClientFixture {

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1000000000", "Transfer-Encoding: chunked"})
  void aResponseThatIsTooLargeIsLeft(String framing) throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + framing + "\r\n\r\n");
              while (true) {
                peer.write("1000\r\n" + "x".repeat(0x1000) + "\r\n");
              }
            });
    WebhookClient client = client(server);

    Answered message = answered(post(client, chat));
    assertThat(message.replies()).isEmpty();
    assertThat(message.dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.TOO_LARGE);
    server.awaitEnd();
    assertThat(xml(post(client, get))).contains("type='error'", "<internal-server-error ");
  }

  @Test
  void aResponseOfExactlyTheLimitIsRead() throws Exception {
    String body = "x".repeat(MAX_RESPONSE);
    assertThat(
            bodies(
                post(
                    client(server(RawServer.always(RawServer.response(200, "text/plain", body)))),
                    chat)))
        .containsExactly(body);
    RawServer oneMore = server(RawServer.always(RawServer.response(200, "text/plain", body + "x")));
    assertThat(answered(post(client(oneMore), chat)).dropped()).hasSize(1);
  }

  @Test
  void aRefusalThatIsTooLargeIsARefusal() throws Exception {
    RawServer server =
        server(
            RawServer.always(RawServer.response(500, "text/plain", "x".repeat(MAX_RESPONSE + 1))));
    assertThat(failed(post(client(server), chat)).status()).isEqualTo(500);
  }

  @Test
  void aLargeStanzaArrivesWhole() throws Exception {
    RawServer server = server(RawServer.always(HELLO));
    Stanza large = TestStanzas.chat("\u20ac".repeat(400_000));

    assertThat(bodies(post(client(server), large))).containsExactly("Hello");
    assertThat(server.next().body()).hasSizeGreaterThan(800_000).endsWith("</message>\"}");
  }

  @Test
  void aResponseMayOvertakeTheRequest() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readByte();
              peer.write(RawServer.response(413, "text/plain", "", "Connection: close"));
              peer.awaitPeerClose();
            });
    Stanza large = TestStanzas.chat("x".repeat(5_000_000));

    Failed failed = failed(post(client(server), large));
    assertThat(failed.status()).isEqualTo(413);
    assertThat(condition(failed)).isEqualTo("modify/resource-constraint");
  }

  @Test
  void aRequestThatNobodyReadsIsNotSent() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readByte();
              new CountDownLatch(1).await();
            });
    Stanza large = TestStanzas.chat("x".repeat(20_000_000));

    Failed failed = failed(post(client(server, SHORT), large));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed.error()).isEqualTo(StatusErrors.TIMEOUT);
  }

  @RepeatedTest(10)
  void halfAResponseToHalfARequestIsNoReply() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readByte();
              peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
              peer.write("Content-Length: 100\r\n\r\nhalf");
              peer.reset();
            });
    Stanza large = TestStanzas.chat("x".repeat(5_000_000));

    Failed failed = failed(post(client(server), large));
    assertThat(failed.outcome()).isNotEqualTo(Outcome.ANSWERED);
  }
}
