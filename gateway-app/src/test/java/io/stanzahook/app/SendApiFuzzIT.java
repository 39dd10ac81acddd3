package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
          "/rest/message/chat/%0A@b",
          "/rest/iq/get/a@b",
          "/rest/iq/set/%09@b");

  /** Those without a body. */
  private static final List<String> QUERIES =
      List.of(
          "/rest/ping/a@b",
          "/rest/version/%22@b",
          "/rest/disco/a@b?node=",
          "/rest/items/a@b?node=%EF%BF%BE&x=",
          "/rest/archive/a@b?with=",
          "/rest/payload/a@b?datatype=%02&data=",
          "/rest/oob/a@b?url=",
          "/rest/lastactivity/%0A@b?",
          "/rest/extdisco/a@b?type=",
          "/rest/stats/a@b",
          "/rest/%3C/a@b",
          "/rest/ping/%ff");

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
          "<iq to='a@b' type='result'/>",
          "<iq to='a@b' type='get'>",
          "</iq>",
          "<ping xmlns='urn:xmpp:ping'/>",
          "\"ping\":true",
          "\"disco\":{\"node\":\"\\u0007\"}",
          "&kind=iq&type=get&ping=1",
          "&kind=presence&show=%01");

  @Test
  void g1_whateverIsSentTheStreamLives() throws Exception {
    start("--api-rate=1000000");
    Random random = new Random(SEED);
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < REQUESTS; i++) {
      String body = body(random);
      boolean query = random.nextInt(5) == 0;
      String path = query ? query(random) : PATHS.get(random.nextInt(PATHS.size()));
      HttpRequest.Builder request =
          request(path)
              .header("Authorization", BEARER)
              // Nobody answers: what waits is to end at once.
              .header("Prosody-Rest-Timeout", "0.002")
              .header("Accept", TYPES.get(random.nextInt(TYPES.size())));
      if (!query) {
        request
            .header("Content-Type", TYPES.get(random.nextInt(TYPES.size())))
            .POST(BodyPublishers.ofString(body));
      }
      HttpResponse<String> response = send(request);
      assertThat(response.statusCode())
          .as("%s %s: %s", path, body, response.body())
          .isIn(200, 201, 202, 400, 403, 404, 405, 415, 422, 504);
      answers.add(path.substring(1).replaceAll("/.*", "") + " " + response.statusCode());
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
    assertThat(answers)
        .as("what was to be met")
        .contains("msg 201", "msg 422", "rest 202", "rest 400", "rest 422", "rest 404", "rest 504");
    assertThat(refusals).isEmpty();
  }

  private static String query(Random random) {
    String query = QUERIES.get(random.nextInt(QUERIES.size()));
    return query.contains("?")
        ? query
            + URLEncoder.encode(SHARDS.get(random.nextInt(SHARDS.size())), StandardCharsets.UTF_8)
        : query;
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
