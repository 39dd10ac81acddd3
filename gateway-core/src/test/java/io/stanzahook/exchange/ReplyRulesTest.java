package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies made of properties, and stanzas as supplied. */
class ReplyRulesTest extends ReplyFixture {
  // Messages

  @Test
  void aBodyAloneIsAChatReplyToTheSender() {
    assertThat(replies(chat, "{'body':'Hello'}"))
        .containsExactly(
            "<message " + TO_ALICE + " type='chat' id='*'><body>Hello</body></message>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"normal", "headline", "postcard", ""})
  void c6_aReplyIsChatWhateverTheMessageWas(String type) {
    Message message =
        TestStanzas.message(
            TestStanzas.ALICE, TestStanzas.BOT, "1", type.isEmpty() ? null : type, "hi");
    assertThat(replies(message, "{'body':'x'}").get(0)).contains(" type='chat' ");
  }

  @Test
  void aReplySaysAllItCan() {
    assertThat(
            replies(
                chat,
                "{'to':'carol@example.net','from':'other@gw.example/r','type':'headline','id':'7',"
                    + "'body':'B','subject':'S','thread':'T'}"))
        .containsExactly(
            "<message to='carol@example.net' from='other@gw.example/r' type='headline' id='7'>"
                + "<subject>S</subject><body>B</body><thread>T</thread></message>");
  }

  @Test
  void everyMessageGetsAnIdOfItsOwn() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      ids.add(rules.answered(chat, 200, read("{'body':'x'}")).replies().get(0).id());
    }
    assertThat(ids).hasSize(1_000).doesNotContain("m1");
    assertThat(new ReplyRules("gw.example").answered(chat, 200, read("{'body':'x'}")).replies())
        .noneMatch(reply -> ids.contains(reply.id()));
  }

  @Test
  void anArraySendsEachInOrder() {
    assertThat(replies(chat, "[{'body':'1'},{},{'kind':'presence'},{'body':'2'}]"))
        .containsExactly(
            "<message " + TO_ALICE + " type='chat' id='*'><body>1</body></message>",
            "<presence " + TO_ALICE + "/>",
            "<message " + TO_ALICE + " type='chat' id='*'><body>2</body></message>");
  }

  @Test
  void anEmptyBodyIsABodyAndNoPropertyIsNoReply() {
    assertThat(replies(chat, "{'body':''}").get(0)).contains("<body></body>");
    assertThat(replies(chat, "{}")).isEmpty();
    assertThat(replies(chat, "[]")).isEmpty();
    assertThat(replies(chat, "{'unknown':1}")).isEmpty();
    assertThat(rules.answered(chat, 204, List.of()))
        .isEqualTo(new Answered(204, List.of(), List.of()));
  }

  @Test
  void aReplyOfTypeErrorHasAnError() {
    assertThat(replies(chat, "{'type':'error','body':'No'}").get(0))
        .contains("type='error'")
        .contains(
            "<error type='cancel'><undefined-condition"
                + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text");
  }

  // Groupchat (C12)

  @Test
  void groupchatIsAnsweredToTheRoom() {
    assertThat(replies(groupchat, "{'body':'x'}"))
        .containsExactly(
            "<message to='room@conference.example.org' from='bot@gw.example' type='groupchat'"
                + " id='*'><body>x</body></message>");
    assertThat(replies(groupchat, "{'body':'x','to':'room@conference.example.org'}").get(0))
        .contains("type='groupchat'");
    assertThat(
            replies(
                groupchat,
                "{'body':'x','type':'groupchat','to':'room@conference.example.org/Alice'}"))
        .containsExactly(
            "<message to='room@conference.example.org' from='bot@gw.example' type='groupchat'"
                + " id='*'><body>x</body></message>");
  }

  @Test
  void anOccupantCanBeAnsweredAlone() {
    String toOccupant = "to='room@conference.example.org/Alice' from='bot@gw.example' type='chat'";
    assertThat(replies(groupchat, "{'body':'x','type':'chat'}").get(0)).contains(toOccupant);
    assertThat(replies(groupchat, "{'body':'x','to':'room@conference.example.org/Alice'}").get(0))
        .contains(toOccupant);
  }

  @Test
  void anotherUserIsNotAnsweredAsTheRoom() {
    assertThat(replies(groupchat, "{'body':'x','to':'carol@example.net'}").get(0))
        .contains("to='carol@example.net' from='bot@gw.example' type='chat'");
  }

  @Test
  void aSuppliedStanzaForTheRoomIsAddressedToIt() {
    assertThat(replies(groupchat, "{'stanza':'<message><body>x</body></message>'}"))
        .containsExactly(
            "<message to='room@conference.example.org' from='bot@gw.example' type='groupchat'>"
                + "<body>x</body></message>");
    assertThat(replies(groupchat, stanza("<message type='chat'><body>x</body></message>")))
        .containsExactly(
            "<message type='chat' to='room@conference.example.org/Alice' from='bot@gw.example'>"
                + "<body>x</body></message>");
  }

  // Presence

  @Test
  void presence() {
    assertThat(replies(chat, "{'kind':'presence','type':'unavailable','id':'3'}"))
        .containsExactly("<presence " + TO_ALICE + " type='unavailable' id='3'/>");
    assertThat(
            replies(
                TestStanzas.presence("subscribe"),
                "{'kind':'presence','type':'subscribed','from':'bot@gw.example/r'}"))
        .containsExactly("<presence " + TO_ALICE + " type='subscribed'/>");
  }

  // Supplied stanzas

  @Test
  void aSuppliedStanzaIsSentAsItIs() {
    assertThat(
            replies(
                chat,
                stanza(
                    "<message xmlns='jabber:client' to='c@d' from='bot@gw.example/r' type='x'"
                        + " xml:lang='fr' xmlns:e='urn:e' e:a='1'><body>a&amp;&#10;b</body>"
                        + "<e:x><e:y/><z xmlns=''/></e:x></message>")))
        .containsExactly(
            "<message to='c@d' from='bot@gw.example/r' type='x' xml:lang='fr' xmlns:a1='urn:e'"
                + " a1:a='1'><body>a&amp;\nb</body><x xmlns='urn:e'><y/><z xmlns=''/></x>"
                + "</message>");
  }

  @Test
  void aSuppliedStanzaGetsTheAddressesItLacks() {
    assertThat(replies(chat, stanza("<message><body>x</body></message>")))
        .containsExactly("<message " + TO_ALICE + "><body>x</body></message>");
    assertThat(
            replies(
                chat,
                "{'to':'c@d','from':'o@gw.example','body':'no','stanza':'<message><a/></message>'}"))
        .containsExactly("<message to='c@d' from='o@gw.example'><a/></message>");
    assertThat(replies(chat, stanza("<?xml version='1.0'?>\n<presence/>\n")))
        .containsExactly("<presence " + TO_ALICE + "/>");
  }

  @Test
  void anIqRequestOfTheWebhooksOwnGetsAnId() {
    assertThat(replies(chat, stanza("<iq type='get'><q xmlns='urn:q'/></iq>")))
        .containsExactly("<iq type='get' " + TO_ALICE + " id='*'><q xmlns='urn:q'/></iq>");
    assertThat(replies(chat, stanza("<iq type='set' id='7'><q xmlns='urn:q'/></iq>")).get(0))
        .contains("id='7'");
  }

  @Test
  void anEmbeddedStanzaKeepsItsNamespace() {
    assertThat(
            replies(
                chat,
                stanza(
                    "<message><forwarded xmlns='urn:xmpp:forward:0'><message"
                        + " xmlns='jabber:client'><body>x</body></message></forwarded></message>")))
        .containsExactly(
            "<message "
                + TO_ALICE
                + "><forwarded xmlns='urn:xmpp:forward:0'><message"
                + " xmlns='jabber:client'><body>x</body></message></forwarded></message>");
  }
}
