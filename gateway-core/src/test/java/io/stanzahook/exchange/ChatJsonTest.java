package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What today's chats have beside text, in the default format, as it comes over the wire. */
class ChatJsonTest extends ReplyFixture {
  private static final JsonMapper JSON = new JsonMapper();

  private static JsonNode request(String content) {
    return request("ann@b/c", content);
  }

  private static JsonNode request(String from, String content) {
    List<StreamEvent> events = new ArrayList<>();
    byte[] stream =
        ("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='i'>"
                + "<message from='%s' to='bot@gw.example' type='chat' id='m2'>%s</message>")
            .formatted(from, content)
            .getBytes(StandardCharsets.UTF_8);
    new StreamDecoder(Jid.of("gw.example"), WireLimits.DEFAULTS, events::add)
        .feed(stream, 0, stream.length);
    ByteBuf buffer =
        new RequestJson()
            .write(
                ((StreamEvent.Received) events.get(1)).stanza(), UnpooledByteBufAllocator.DEFAULT);
    try {
      return JSON.readTree(buffer.toString(StandardCharsets.UTF_8));
    } finally {
      buffer.release();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "reply_to  | {'id':'m1','to':'bob@x'} | <reply xmlns='urn:xmpp:reply:0' id='m1' to='bob@x'/>",
        "reply_to  | {'id':'m1'} | <reply xmlns='urn:xmpp:reply:0' id='m1'/>",
        "reactions | {'id':'m1','emojis':['👍','🎉']} | <reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction><reaction>🎉</reaction></reactions>",
        "reactions | {'id':'m1','emojis':[]} | <reactions xmlns='urn:xmpp:reactions:0' id='m1'/>",
        "chat_state| 'composing' | <composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "chat_state| 'gone' | <gone xmlns='http://jabber.org/protocol/chatstates'/>",
        "receipt   | 'm1' | <received xmlns='urn:xmpp:receipts' id='m1'/>",
        "marker    | {'displayed':'m1'} | <displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>",
      })
  void eachIsTheSameBothWays(String property, String json, String xml) {
    String name = property.strip();
    assertThat(request(xml).path(name)).isEqualTo(JSON.readTree(json.replace('\'', '"')));
    assertThat(replies(chat, "{'%s':%s}".formatted(name, json)))
        .containsExactly("<message " + TO_ALICE + " type='chat' id='*'>" + xml + "</message>");
  }

  @Test
  void aFileWithoutTextHasItsAddressAsText() {
    String url = "https://files.example.org/cat.png";
    String oob = "<x xmlns='jabber:x:oob'><url>" + url + "</url></x>";

    assertThat(request("<body>look</body>" + oob).path("url").asString()).isEqualTo(url);
    assertThat(replies(chat, "{'url':'" + url + "'}"))
        .containsExactly(
            "<message "
                + TO_ALICE
                + " type='chat' id='*'><body>"
                + url
                + "</body>"
                + oob
                + "</message>");
    assertThat(replies(chat, "{'body':'a cat','url':'" + url + "'}").get(0))
        .contains("<body>a cat</body>" + oob);
    assertThat(replies(chat, "{'replace':'r1','url':'" + url + "'}").get(0))
        .contains("<body>" + url + "</body><replace ");
  }

  @Test
  void anInvitationSaysWhoInvitesWhereTo() {
    JsonNode direct = JSON.readTree("{\"room\":\"r@x\",\"reason\":\"come\",\"from\":\"ann@b/c\"}");
    assertThat(request("<x xmlns='jabber:x:conference' jid='r@x' reason='come'/>").path("invite"))
        .isEqualTo(direct);

    JsonNode mediated =
        JSON.readTree(
            "{\"room\":\"r@x\",\"from\":\"ann@b/c\",\"reason\":\"come\",\"password\":\"p\"}");
    String invite =
        "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='ann@b/c'><reason>come</reason>"
            + "</invite><password>p</password></x>";
    assertThat(request("r@x", invite).path("invite")).isEqualTo(mediated);
    // What servers add for old clients does not hide who invites.
    assertThat(request("r@x", "<x xmlns='jabber:x:conference' jid='r@x'/>" + invite).path("invite"))
        .isEqualTo(mediated);

    assertThat(
            replies(
                chat, "{'invite':{'room':'r@x','reason':'come','password':'p','from':'who@x'}}"))
        .containsExactly(
            "<message "
                + TO_ALICE
                + " type='chat' id='*'><x xmlns='jabber:x:conference' jid='r@x' reason='come' password='p'/>"
                + "</message>");
  }

  @Test
  void aReplyMayBeStampedWithItsTime() {
    assertThat(replies(chat, "{'body':'b','delay':'2026-03-01T12:00:00Z'}").get(0))
        .contains("<delay xmlns='urn:xmpp:delay' stamp='2026-03-01T12:00:00Z'/>");
  }

  @Test
  void whatAMessageDoesNotHaveIsAbsent() {
    JsonNode plain =
        request(
            "<body>hi</body><x xmlns='http://jabber.org/protocol/muc#user'/>"
                + "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>");
    assertThat(plain.propertyNames())
        .containsExactly("to", "from", "kind", "id", "type", "body", "stanza");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'reactions':['👍']}",
        "{'reactions':{'emojis':['👍']}}",
        "{'chat_state':'bored'}",
        "{'marker':'m1'}",
        "{'marker':{'seen':'m1'}}",
        "{'reply_to':{'to':'a@b'}}",
        "{'reply_to':7.5e3,'body':[]}",
        "{'receipt':{'id':'m1'}}",
        "{'url':['a']}",
        "{'invite':{'reason':'none'}}",
        "{'invite':'a b@@'}",
        "{'body':'b','delay':'yesterday'}",
        "{'kind':'presence','chat_state':'gone'}",
        "{'kind':'iq','url':'http://x'}"
      })
  void whatCannotBeMeantIsRefused(String json) {
    assertDropped(chat, json, DroppedReply.Reason.INVALID);
  }

  @Test
  void whatIsNullOrEmptyIsAbsent() {
    assertThat(answered(chat, "{'url':null,'reactions':null,'chat_state':''}").replies()).isEmpty();
  }
}
