package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Failed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses before the response (RFC 9110, 15.2). */
class InterimResponsesIT extends WebhookClientFixture {
  private static final String EARLY_HINTS =
      "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";

  /** Answers with the request's id, in an own write once the interim ones were sent. */
  private RawServer server(String... interim) throws Exception {
    return server(
        peer -> {
          while (true) {
            String id = peer.read().id();
            for (String each : interim) {
              peer.write(each);
            }
            peer.write(RawServer.response(200, "text/plain", "for " + id));
          }
        });
  }

  private void answersItsOwn(RawServer server) {
    WebhookClient client = client(settings(server.url(), LONG, 1));
    for (int i = 0; i < 20; i++) {
      assertThat(bodies(post(client, chat, "id-" + i))).containsExactly("for id-" + i);
    }
    assertThat(server.accepted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        EARLY_HINTS,
        "HTTP/1.1 199 Whatever\r\n\r\n"
      })
  void theResponseThatCountsComesAfterThem(String interim) throws Exception {
    answersItsOwn(server(interim));
  }

  @Test
  void thereMayBeMany() throws Exception {
    String[] many = List.of(EARLY_HINTS, EARLY_HINTS, EARLY_HINTS).toArray(String[]::new);
    answersItsOwn(server(many));
    answersItsOwn(server(EARLY_HINTS.repeat(100)));
  }

  @Test
  void withoutEndTheyEndWithTheTime() throws Exception {
    RawServer server = server(RawServer.always(EARLY_HINTS.repeat(1000)));

    Failed failed = failed(post(client(server, SHORT), chat));

    assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
  }

  @Test
  void aSwitchOfProtocolsEndsCallAndConnection() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.read();
              peer.write(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
              peer.read();
            });
    WebhookClient client = client(settings(server.url(), LONG, 1));

    for (int i = 1; i <= 3; i++) {
      assertThat(failed(post(client, chat)).status()).isEqualTo(101);
      server.awaitEnd();
      assertThat(server.accepted()).isEqualTo(i);
    }
  }
}
