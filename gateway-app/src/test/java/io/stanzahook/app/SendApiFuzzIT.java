package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent to the API: the answer is one that is documented, and the strict server at the
 * other end of the stream finds no fault with what reaches it.
 */
class SendApiFuzzIT extends SendApiFixture {
  private static final int REQUESTS = 3_000;
  private static final long SEED = 20_261_122;

  private static final List<String> PATHS =
      List.of(
          "/msg/a@b",
          "/msg/",
          "/msg/%22@b",
          "/msg/a%00@b",
          "/msg/%ff",
          "/hooks/slack/a@b",
          "/hooks/alertmanager/a@b?type=headline",
          "/hooks/grafana/%22@b?type=%ff",
          "/hooks/x/a@b",
          "/hooks//a@b",
          "/rest",
          "/rest/",
          "/rest/message/chat/a@b",
          "/rest/presence/x/a@b",
          "/rest/message/%3C/a@b",
          "/rest/message/chat/%0A@b");
  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/json",
          "application/x-www-form-urlencoded",
          "application/xmpp+xml",
          "nonsense");
  private static final List<String> SHARDS =
      List.of(
          "<message to='a@b'>",
          "</message>",
          "<presence to='a@b'/>",
          "<body>",
          "</body>",
          "text",
          "<a xmlns='urn:a' xml:lang='de' xml:x='1'/>",
          "<x:a/>",
          "<p:a xmlns:p='urn:p' p:b='1'/>",
          "</stream:stream>",
          "<!-- -->",
          "<?pi?>",
          "<!DOCTYPE x>",
          "]]>",
          "<![CDATA[<]]>",
          "&amp;",
          "&#1;",
          "&#10;",
          "\u0001",
          "\ufffe",
          "\u00e9\u20ac",
          "\ud83d\ude00",
          "<message to='a@b' from='evil@other.example'>",
          "<message from='x@gw.localhost' to='a@b' a='1'>",
          "<xml:a/>",
          "<a xmlns='u\n'/>",
          "<message xmlns='jabber:client' to='a@b'>",
          "{\"to\":\"a@b\",\"body\":\"",
          "\"}",
          "\\u0000",
          "\\ud800",
          "{",
          "}",
          "[",
          "]",
          ":",
          ",",
          "\"to\":\"a@b\"",
          "\"body\":\"x\"",
          "\"type\":\"",
          "\"id\":\"\\u0001<'\"",
          "\"from\":\"@\"",
          "\"html\":\"<body><b a='&#9;'>x</b></body>\"",
          "\"kind\":\"presence\"",
          "\"payload\":{\"datatype\":\"\\u0002\",\"data\":[\"\\ud800\"]}",
          "\"error\":{}",
          "\"forwarded\":{\"message\":{\"body\":\"x\"}}",
          "to=a@b",
          "&body=%00%ff",
          "&type=%0a",
          "&html=<b>",
          "&id=%EF%BF%BE",
          "&lang=%27%3E",
          "<iq to='a@b' type='result'/>");

  @Test
  void whateverIsSentTheStreamLives() throws Exception {
    start("--api-rate=1000000");
    Random random = new Random(SEED);
    for (int i = 0; i < REQUESTS; i++) {
      String body = body(random);
      String path = PATHS.get(random.nextInt(PATHS.size()));
      HttpResponse<String> response =
          send(
              request(path)
                  .header("Authorization", BEARER)
                  .header("Content-Type", TYPES.get(random.nextInt(TYPES.size())))
                  .POST(BodyPublishers.ofString(body)));
      assertThat(response.statusCode())
          .as("%s %s: %s", path, body, response.body())
          .isIn(200, 201, 202, 400, 403, 404, 415, 422);
      assertThat(refusals).as("%s %s", path, body).isEmpty();
    }
    assertThat(post(BEARER, "/msg/a@b", "text/plain", "the last").statusCode()).isEqualTo(201);
    int sent = 0;
    Stanza stanza = received();
    while (!(stanza instanceof Message message && "the last".equals(message.body()))) {
      assertThat(stanza.from().domain()).isEqualTo("gw.localhost");
      stanza = received();
      sent++;
    }
    assertThat(sent).isGreaterThan(REQUESTS / 20);
    assertThat(refusals).isEmpty();
  }

  private static String body(Random random) {
    StringBuilder body = new StringBuilder();
    if (random.nextInt(3) == 0) {
      return "{\"to\":\"a@b\"," + SHARDS.get(31 + random.nextInt(20)) + "}";
    }
    for (int k = random.nextInt(5); k >= 0; k--) {
      body.append(SHARDS.get(random.nextInt(SHARDS.size())));
    }
    return body.toString();
  }
}
