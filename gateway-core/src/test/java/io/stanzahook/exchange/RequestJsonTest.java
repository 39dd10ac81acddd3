package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RequestJsonTest {
  private final RequestJson json = new RequestJson();
  private final JsonMapper mapper = new JsonMapper();

  @Test
  void hasWhatModComponentHttpSendsAndMore() {
    Message message =
        TestStanzas.message(
            TestStanzas.ALICE, TestStanzas.BOT, "i1", "chat", "de", "t1", "Topic", "Hi");

    assertThat(write(message))
        .isEqualTo(
            "{\"to\":\"bot@gw.example\",\"from\":\"alice@example.org/phone\",\"kind\":\"message\","
                + "\"id\":\"i1\",\"type\":\"chat\",\"lang\":\"de\",\"thread\":\"t1\","
                + "\"subject\":\"Topic\",\"body\":\"Hi\",\"stanza\":\"<message"
                + " from='alice@example.org/phone' to='bot@gw.example' id='i1' type='chat'"
                + " xml:lang='de'><thread>t1</thread><subject>Topic</subject><body>Hi</body>"
                + "</message>\"}");
  }

  @Test
  void leavesOutWhatTheStanzaDoesNotHave() {
    assertThat(write(TestStanzas.presence(null)))
        .isEqualTo(
            "{\"to\":\"bot@gw.example\",\"from\":\"alice@example.org/phone\",\"kind\":\"presence\","
                + "\"id\":\"p1\",\"stanza\":\"<presence from='alice@example.org/phone'"
                + " to='bot@gw.example' id='p1'/>\"}");
  }

  @Test
  void anEmptyBodyIsNotAnAbsentOne() {
    assertThat(mapper.readTree(write(TestStanzas.chat(""))).get("body").stringValue()).isEmpty();
    Message without = TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, null, null, null);
    assertThat(mapper.readTree(write(without)).has("body")).isFalse();
  }

  @Test
  void writesMoreThanOneOfJacksonsBuffers() {
    String body = "\u20ac&<\ud83d\ude00".repeat(20_000);

    assertThat(mapper.readTree(write(TestStanzas.chat(body))).get("body").stringValue())
        .isEqualTo(body);
  }

  @Test
  void halfOfASurrogatePairIsStillJson() {
    Message message =
        new Message(
            TestStanzas.chat("x").header(),
            "half \ud83d of a pair",
            null,
            null,
            List.of(),
            TestStanzas.chat("x").xml());

    assertThat(mapper.readTree(write(message)).get("body").stringValue())
        .isEqualTo("half \ud83d of a pair");
  }

  @Property(tries = 500)
  void anyTextIsReadBackAsItWas(
      @ForAll("texts") String body, @ForAll("texts") String id, @ForAll("texts") String resource) {
    Jid from =
        Jid.of("a@b/" + (resource.isEmpty() ? "r" : resource.replaceAll("(?s)(.{200}).*", "$1")));
    Message message = TestStanzas.message(from, TestStanzas.BOT, id, "chat", "en", body, id, body);

    JsonNode read = mapper.readTree(write(message));

    assertThat(read.get("from").stringValue()).isEqualTo(from.toString());
    assertThat(read.get("id").stringValue()).isEqualTo(id);
    assertThat(read.get("body").stringValue()).isEqualTo(body);
    assertThat(read.get("thread").stringValue()).isEqualTo(body);
    assertThat(read.get("subject").stringValue()).isEqualTo(id);
    assertThat(read.get("stanza").stringValue()).isEqualTo(message.xml().toString());
    assertThat(write(message)).isEqualTo(write(message));
  }

  /** Whole code points: a stanza that came as UTF-8 holds no half of a pair. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Integer> codePoints =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.integers().between(0, 0x7F)),
            Tuple.of(2, Arbitraries.integers().between(0x80, 0xD7FF)),
            Tuple.of(1, Arbitraries.integers().between(0xE000, 0x10FFFF)));
    return codePoints
        .list()
        .ofMaxSize(300)
        .map(
            list -> {
              StringBuilder text = new StringBuilder();
              list.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Property(tries = 200)
  void aCharacterAnywhereAroundABufferEndSurvives(
      @ForAll @IntRange(min = 7_600, max = 8_100) int at) {
    String body = "x".repeat(at) + "\ud83d\ude00\u20ac";

    assertThat(mapper.readTree(write(TestStanzas.chat(body))).get("body").stringValue())
        .isEqualTo(body);
  }

  private String write(Stanza stanza) {
    ByteBuf buffer = json.write(stanza, UnpooledByteBufAllocator.DEFAULT);
    try {
      return buffer.toString(StandardCharsets.UTF_8);
    } finally {
      buffer.release();
    }
  }
}
