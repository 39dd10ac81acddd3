package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of the formats, and replies as mod_rest's bots give them. */
class PostFormatTest {
  private final ReplyRules rules = new ReplyRules(TestStanzas.DOMAIN);
  private final ReplyReader reader = new ReplyReader(100_000, 3, PostFormat.REST_JSON);

  @Test
  void restJsonIsModRestsObject() {
    assertThat(written(PostFormat.REST_JSON, TestStanzas.chat("hi")))
        .contains("\"kind\":\"message\"", "\"to\":\"bot@gw.example\"", "\"type\":\"chat\"");
    assertThat(written(PostFormat.REST_JSON, TestStanzas.presence(null)))
        .contains("\"type\":\"available\"");
  }

  @Test
  void xmlIsTheStanza() {
    Stanza chat = TestStanzas.chat("hi");
    assertThat(written(PostFormat.XML, chat)).isEqualTo(chat.xml().toString());
    assertThat(PostFormat.XML.contentType()).isEqualTo("application/xmpp+xml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'body':'x'}                   | type='chat' id='*'><body>x</body></message>",
        "{'kind':'message','body':'x','colour':'blue'} | type='chat' id='*'><body>x</body></message>",
        "{'body':'x','type':'normal','id':'i'} | type='normal' id='i'><body>x</body></message>",
        "{'body':'x','thread':{'id':'t'}} | type='chat' id='*'><body>x</body><thread>t</thread></message>",
        "{'stanza':'<message/>'}        | />",
        "{'error':{'condition':'gone'}} | type='error' id='m1'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
      })
  void anObjectIsAReply(String json, String tail) throws Exception {
    String reply = replies(TestStanzas.chat("hi"), json).get(0);
    assertThat(reply.replace(" to='alice@example.org/phone' from='bot@gw.example'", ""))
        .isEqualTo("<message" + (tail.startsWith("/") ? "" : " ") + tail);
  }

  @Test
  void severalAreInAnArrayOrInXmpp() throws Exception {
    for (String json :
        List.of("[{'body':'1'},{},{'body':'2'}]", "{'xmpp':[{'body':'1'},null,{'body':'2'}]}")) {
      assertThat(replies(TestStanzas.chat("hi"), json)).hasSize(2);
    }
    assertThat(
            answered(
                    TestStanzas.chat("hi"), "[{'body':'1'},{'body':'2'},{'body':'3'},{'body':'4'}]")
                .dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.SURPLUS);
  }

  @Test
  void anIqIsAnsweredByItsPayload() throws Exception {
    Iq get = TestStanzas.iq("get");
    assertThat(replies(get, "{'version':{'name':'Bot','version':'1'}}"))
        .containsExactly(
            "<iq type='result' to='alice@example.org/phone' from='bot@gw.example' id='q1'>"
                + "<query xmlns='jabber:iq:version'><name>Bot</name><version>1</version></query></iq>");
    assertThat(replies(get, "{'error':{'condition':'forbidden','text':'No.'}}").get(0))
        .contains("type='error'", "id='q1'", "<forbidden ", ">No.</text>");
    assertThat(replies(get, "{'type':'result'}")).hasSize(1);
    assertThat(replies(get, "{}")).singleElement().asString().contains("type='result'");
  }

  @Test
  void aRoomsMessageIsAnsweredToTheRoom() throws Exception {
    assertThat(replies(TestStanzas.groupchat("hi"), "{'body':'x'}").get(0))
        .contains("type='groupchat'")
        .doesNotContain("type='chat'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'body':[]}                          | INVALID",
        "{'from':'a@evil.example','body':'x'} | FOREIGN_FROM",
        "{'to':'a b@c','body':'x'}            | INVALID",
        "{'html':'<p>'}                       | INVALID",
        "{'stanza':'<a>'}                     | BAD_STANZA",
        "[7]                                  | INVALID",
      })
  void whatIsWrongIsDropped(String json, Reason reason) throws Exception {
    assertThat(answered(TestStanzas.chat("hi"), json).dropped())
        .singleElement()
        .extracting(DroppedReply::reason)
        .isEqualTo(reason);
  }

  @Test
  void whatIsNoJsonIsUnreadable() {
    for (String json : List.of("{", "7", "{} {}", "'x'")) {
      assertThatThrownBy(() -> answered(TestStanzas.chat("hi"), json))
          .as(json)
          .isInstanceOf(UnreadableResponseException.class);
    }
  }

  private static String written(PostFormat format, Stanza stanza) {
    ByteBuf buffer = format.writer().write(stanza, UnpooledByteBufAllocator.DEFAULT);
    try {
      return buffer.toString(StandardCharsets.UTF_8);
    } finally {
      buffer.release();
    }
  }

  private Answered answered(Stanza stanza, String json) throws UnreadableResponseException {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return rules.answered(stanza, 200, reader.read("application/json", bytes, bytes.length));
  }

  private List<String> replies(Stanza stanza, String json) throws UnreadableResponseException {
    return ReplyFixture.written(answered(stanza, json));
  }
}
