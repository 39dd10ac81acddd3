package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a webhook says, what leaves is safe: read back with a parser that is not ours. */
class AnyReplyTest {
  private static final List<Stanza> STANZAS =
      List.of(
          TestStanzas.chat("x"),
          TestStanzas.groupchat("x"),
          TestStanzas.iq("get"),
          TestStanzas.iq("result"),
          TestStanzas.presence(null),
          TestStanzas.presence("subscribe"));

  private final ReplyRules rules = new ReplyRules(TestStanzas.DOMAIN);
  private final ReplyReader reader = new ReplyReader(262_144, 100);
  private final JsonMapper mapper = new JsonMapper();

  @Property(tries = 5_000)
  void whateverLeavesIsOneStanzaOfOurs(
      @ForAll("responses") Object response, @ForAll("stanzas") Stanza stanza) throws Exception {
    byte[] json = mapper.writeValueAsBytes(response);
    List<ReadReply> read;
    try {
      read = reader.read("application/json", json, json.length);
    } catch (UnreadableResponseException e) {
      return;
    }

    Answered answered = rules.answered(stanza, 200, read);

    int answers = 0;
    for (OutboundStanza reply : answered.replies()) {
      SafeStanza.assertSafe(reply);
      if (isAnswer(reply, stanza)) {
        answers++;
      }
    }
    assertThat(answers).isEqualTo("get".equals(stanza.type()) ? 1 : 0);
  }

  @Property(tries = 2_000)
  void anyBytesGiveAnAnsweredCall(@ForAll byte[] bytes, @ForAll("stanzas") Stanza stanza)
      throws Exception {
    for (String type : List.of("application/json", "application/xmpp+xml", "text/plain")) {
      try {
        Answered answered = rules.answered(stanza, 200, reader.read(type, bytes, bytes.length));
        for (OutboundStanza reply : answered.replies()) {
          SafeStanza.assertSafe(reply);
        }
      } catch (UnreadableResponseException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private static boolean isAnswer(OutboundStanza reply, Stanza stanza) {
    return reply.kind() == stanza.kind()
        && ("result".equals(reply.type()) || "error".equals(reply.type()))
        && "q1".equals(reply.id())
        && reply.to().equals(stanza.from())
        && reply.from().equals(stanza.to());
  }

  @Provide
  Arbitrary<Stanza> stanzas() {
    return Arbitraries.of(STANZAS);
  }

  /** Objects and arrays of them; values mostly plausible, now and then anything. */
  @Provide
  Arbitrary<Object> responses() {
    Arbitrary<Object> object =
        Combinators.combine(
                property(Arbitraries.of("message", "presence", "iq", "stream", "")),
                property(
                    Arbitraries.of("chat", "groupchat", "error", "result", "get", "subscribed")),
                property(
                    Arbitraries.of("a@b", "a@b/c", "room@conference.example.org", "@", "a b@c")),
                property(Arbitraries.of("bot@gw.example/x", "GW.example", "x@evil.example", "")),
                property(texts()),
                property(xml()),
                property(texts()))
            .as(
                (kind, type, to, from, body, stanza, id) -> {
                  Map<String, Object> map = new LinkedHashMap<>();
                  put(map, "kind", kind);
                  put(map, "type", type);
                  put(map, "to", to);
                  put(map, "from", from);
                  put(map, "body", body);
                  put(map, "stanza", stanza);
                  put(map, "id", id);
                  return map;
                });
    return Arbitraries.frequencyOf(
        Tuple.of(5, object),
        Tuple.of(3, Arbitraries.oneOf(object, anything()).list().ofMaxSize(4).map(list -> list)),
        Tuple.of(1, anything()));
  }

  private static void put(Map<String, Object> map, String name, Object value) {
    if (!value.equals("absent")) {
      map.put(name, value);
    }
  }

  private static Arbitrary<Object> property(Arbitrary<String> plausible) {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.of((Object) "absent")),
        Tuple.of(3, plausible.map(text -> (Object) text)),
        Tuple.of(1, anything()));
  }

  private static Arbitrary<Object> anything() {
    return Arbitraries.oneOf(
        texts().map(text -> (Object) text),
        Arbitraries.doubles().map(number -> (Object) number),
        Arbitraries.of(true, false),
        texts().list().ofMaxSize(2).map(list -> (Object) list));
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("ab <>&'\"/]\u0000\u0001\r\n\t\u00e9\u20ac\ufffe\ud83d\ude00")
        .ofMaxLength(20);
  }

  /** XML of shards: most of it is broken, some of it is a stanza. */
  private static Arbitrary<String> xml() {
    return Arbitraries.of(
            "<message>",
            "</message>",
            "<iq type='get'>",
            "</iq>",
            "<presence/>",
            "<body>",
            "</body>",
            "<a xmlns='urn:a'>",
            "</a>",
            "<b/>",
            "text",
            "&amp;",
            "&#10;",
            "&#1;",
            "]]>",
            "<!-- -->",
            "<![CDATA[<]]>",
            "<?pi?>",
            "</stream:stream>",
            "<!DOCTYPE x>",
            "\u0001",
            "\ud83d",
            "<message to='c@d' xmlns:p='urn:p' p:q='1' xml:lang='de'>",
            "<message from='evil'>")
        .list()
        .ofMaxSize(6)
        .map(shards -> String.join("", shards))
        .flatMap(
            shards ->
                Arbitraries.of(
                    shards, "<message>" + shards + "</message>", "<iq>" + shards + "</iq>"));
  }
}
