package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would break the stream is dropped (C14, B15). */
class UnsafeReplyTest extends ReplyFixture {
  // What would break the stream (C14, B15)

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The eight poisons.
        "<message><body>x</message>               | BAD_STANZA",
        "<message/><message/>                     | BAD_STANZA",
        "</stream:stream>                         | BAD_STANZA",
        "<message/></stream:stream>               | BAD_STANZA",
        "<handshake/>                             | BAD_STANZA",
        "<message xmlns='urn:other'/>             | BAD_STANZA",
        "<message><body>&#1;</body></message>     | BAD_STANZA",
        "<message><body>\u0001</body></message>   | BAD_STANZA",
        "<message><body>\ud83d</body></message>   | BAD_STANZA",
        "<message a='&#xFFFE;'/>                  | BAD_STANZA",
        "<!DOCTYPE message><message/>             | BAD_STANZA",
        "<message from='bot@evil.example'/>       | FOREIGN_FROM",
        // And their kin.
        "<message from='gw.example.evil.example'/>| FOREIGN_FROM",
        "<message from='a@sub.gw.example'/>       | FOREIGN_FROM",
        "<message from='@'/>                      | INVALID",
        "<message to=''/>                         | INVALID",
        "<message to='a b@c'/>                    | INVALID",
        "<message><!-- x --></message>            | BAD_STANZA",
        "<message><?x y?></message>               | BAD_STANZA",
        "<message>&unknown;</message>             | BAD_STANZA",
        "<p:message/>                             | BAD_STANZA",
        "<message a='1' a='2'/>                   | BAD_STANZA",
        "<message>]]></message>                   | BAD_STANZA",
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/> | BAD_STANZA",
        "<error xmlns='http://etherx.jabber.org/streams'/> | BAD_STANZA",
        "plain text                               | BAD_STANZA",
        "''                                       | BAD_STANZA",
        "<iq type='get'/>                         | BAD_STANZA",
        "<iq type='set'><a/><b/></iq>             | BAD_STANZA",
        "<iq><a/></iq>                            | BAD_STANZA",
        "<iq type='result'/>                      | BAD_STANZA",
        "<iq type='error' id='1'/>                | BAD_STANZA",
        "<iq type='x'><a/></iq>                   | BAD_STANZA",
      })
  void aStanzaThatWouldBreakTheStreamIsDropped(String xml, Reason reason) {
    assertDropped(chat, stanza(xml), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'from':'bot@evil.example','body':'x'}        | FOREIGN_FROM",
        "{'from':'evil.example/gw.example','body':'x'} | FOREIGN_FROM",
        "{'from':'@gw.example','body':'x'}             | INVALID",
        "{'from':'','body':'x'}                        | INVALID",
        "{'to':'a@@b','body':'x'}                      | INVALID",
        "{'to':'','body':'x'}                          | INVALID",
        "{'to':'a\\u0001@b','body':'x'}                | INVALID",
        "{'to':'a\\ud83d@b','body':'x'}                | INVALID",
        "{'to':'a<b@c','body':'x'}                     | INVALID",
        "{'to':'a@b c','body':'x'}                     | INVALID",
        "{'to':'a@b\\u00a0c','body':'x'}               | INVALID",
        "{'to':'a@b:5222','body':'x'}                  | INVALID",
        "{'to':'a@b/c\\nd','body':'x'}                 | INVALID",
        "{'kind':'stream','body':'x'}                  | INVALID",
        "{'kind':'Message','body':'x'}                 | INVALID",
        "{'type':'shout','body':'x'}                   | INVALID",
        "{'type':'','body':'x'}                        | INVALID",
        "{'kind':'presence','type':'available'}        | INVALID",
        "{'kind':'presence','type':'chat'}             | INVALID",
        "{'kind':'presence','body':'x'}                | INVALID",
        "{'kind':'presence','thread':'x'}              | INVALID",
        "{'kind':'iq'}                                 | INVALID",
        "{'kind':'iq','type':'get'}                    | INVALID",
        "{'kind':'iq','type':'result'}                 | INVALID",
        "{'kind':'iq','type':'chat'}                   | INVALID",
        "[3]                                           | INVALID",
        "{'body':[]}                                   | INVALID",
      })
  void aReplyWithImpossiblePropertiesIsDropped(String json, Reason reason) {
    assertDropped(chat, json, reason);
  }

  @Test
  void aBadReplyDoesNotHarmItsNeighbours() {
    Answered answered =
        answered(chat, "[{'body':'1'},{'from':'x@evil'},{'stanza':'<a>'},{'body':'2'}]");
    assertThat(answered.replies()).hasSize(2);
    assertThat(answered.dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.FOREIGN_FROM, Reason.BAD_STANZA);
  }

  @Test
  void nothingInATextLeavesItsElement() {
    assertThat(
            replies(
                chat,
                "{'body':'</body></message></stream:stream>&<![CDATA[\\u0000\\ud83d\\uffff',"
                    + "'id':'a\\u0027\\u0022<\\u0001'}"))
        .containsExactly(
            "<message "
                + TO_ALICE
                + " type='chat' id='a&apos;&quot;&lt;\ufffd'>"
                + "<body>&lt;/body&gt;&lt;/message&gt;&lt;/stream:stream&gt;&amp;&lt;![CDATA["
                + "\ufffd\ufffd\ufffd</body></message>");
  }

  @Test
  void theComponentsDomainIsWrittenAsConfigured() {
    assertThat(replies(chat, "{'from':'Other@GW.Example/R','body':'x'}").get(0))
        .contains("from='other@gw.example/R'");
    assertThat(replies(chat, "{'from':'GW.EXAMPLE','body':'x'}").get(0))
        .contains("from='gw.example'");
    Message shouted =
        TestStanzas.message(TestStanzas.ALICE, Jid.of("Bot@GW.example"), "1", "chat", "x");
    assertThat(replies(shouted, "{'body':'x'}").get(0)).contains("from='Bot@GW.example'");
    assertThat(replies(shouted, "{'from':'Bot@GW.example','body':'x'}").get(0))
        .contains("from='Bot@GW.example'");
  }

  @Test
  void depthAndSizeAreLimited() {
    String deepest = "<message>" + "<a>".repeat(63) + "</a>".repeat(63) + "</message>";
    assertThat(replies(chat, stanza(deepest))).hasSize(1);
    assertDropped(
        chat,
        stanza("<message>" + "<a>".repeat(64) + "</a>".repeat(64) + "</message>"),
        Reason.BAD_STANZA);
    assertThat(replies(chat, "{'body':'" + "x".repeat(500_000) + "'}")).hasSize(1);
    assertDropped(chat, "{'body':'" + "x".repeat(524_288) + "'}", Reason.TOO_LARGE);
    assertDropped(chat, "{'body':'" + "&".repeat(110_000) + "'}", Reason.TOO_LARGE);
  }

  @Test
  void aNamespaceNameCannotBeMadeToMultiply() {
    String xml =
        "<message xmlns:p='" + "u".repeat(100_000) + "'>" + "<p:a/>".repeat(5_000) + "</message>";
    assertDropped(chat, stanza(xml), Reason.TOO_LARGE);
  }
}
