package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An iq request is answered exactly once; errors and results never. */
class IqReplyTest extends ReplyFixture {
  // Iq requests (C1)

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "",
        "{'kind':'iq'}",
        "{'type':'result'}",
        "{'type':'get'}",
        "{'type':'anything'}",
        "{'id':'other'}",
        "{'to':'carol@example.net','from':'x@gw.example','kind':'iq'}",
        "{'stanza':'<iq/>'}",
        "{'stanza':'<iq id=\\u0027z\\u0027 type=\\u0027set\\u0027/>'}",
        "{'stanza':'<iq to=\\u0027c@d\\u0027 type=\\u0027result\\u0027/>'}"
      })
  void anIqRequestGetsAnEmptyResultWithItsId(String json) {
    assertThat(replies(get, json)).allSatisfy(reply -> assertThat(reply).contains(TO_ALICE));
    OutboundStanza only = only(get, json);
    assertThat(only.element().children()).isEmpty();
    assertThat(only.id()).isEqualTo("q1");
    assertThat(only.type()).isEqualTo("result");
    assertThat(only.to()).isEqualTo(TestStanzas.ALICE);
    assertThat(only.from()).isEqualTo(TestStanzas.BOT);
  }

  @Test
  void thePayloadOfASuppliedIqGoesBack() {
    assertThat(
            replies(
                get,
                stanza("<iq type='get' id='x' xml:lang='de'>\n <q xmlns='urn:q'> y </q>\n</iq>")))
        .containsExactly(
            "<iq xml:lang='de' type='result' to='alice@example.org/phone'"
                + " from='bot@gw.example' id='q1'><q xmlns='urn:q'> y </q></iq>");
  }

  @Test
  void anIqErrorHasAnError() {
    String undefined =
        "<error type='cancel'><undefined-condition"
            + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
    assertThat(only(get, "{'type':'error'}").type()).isEqualTo("error");
    assertThat(replies(get, "{'type':'error'}").get(0)).contains(undefined);
    assertThat(replies(get, "{'kind':'iq','type':'error','body':'No such room'}").get(0))
        .contains(undefined)
        .contains(">No such room</text>");
    assertThat(replies(get, stanza("<iq type='error'/>")).get(0)).contains(undefined);
    assertThat(
            replies(
                get,
                stanza(
                    "<iq type='error'><error type='auth'><forbidden"
                        + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")))
        .containsExactly(
            "<iq type='error' to='alice@example.org/phone' from='bot@gw.example' id='q1'>"
                + "<error type='auth'><forbidden"
                + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  }

  @Test
  void aMessageLeavesTheIqToBeAnswered() {
    assertThat(replies(get, "{'body':'x'}"))
        .containsExactly(
            "<iq " + TO_ALICE + " type='result' id='q1'/>",
            "<message " + TO_ALICE + " type='chat' id='*'><body>x</body></message>");
  }

  @Test
  void ofSeveralAnswersTheFirstIsGiven() {
    Answered answered =
        answered(
            get,
            "[{'body':'x'},{'type':'error'},{'type':'result'},{'kind':'iq','to':'c@d'},{'body':'y'}]");
    assertThat(answered.replies())
        .extracting(r -> r.kind() + " " + r.type())
        .containsExactly("MESSAGE chat", "IQ error", "MESSAGE chat");
    assertThat(answered.dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.SURPLUS, Reason.SURPLUS);
  }

  @Test
  void aRequestToSomebodyElseIsNoAnswer() {
    Answered answered = answered(get, stanza("<iq type='set' to='c@d'><q xmlns='urn:q'/></iq>"));
    assertThat(answered.replies())
        .extracting(r -> r.to() + " " + r.type())
        .containsExactly("alice@example.org/phone result", "c@d set");
    assertThat(answered.replies().get(1).id()).isNotNull().isNotEqualTo("q1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'kind':'room'}",
        "{'body':{}}",
        "[1]",
        "{'to':'@'}",
        "{'from':'bot@evil.example'}",
        "{'kind':'iq','body':'x'}",
        "{'stanza':'<iq><a/><b/></iq>'}",
        "{'stanza':'<iq>'}",
        "{'type':'get','to':'c@d'}"
      })
  void anAnswerThatCannotBeSentIsAnInternalServerError(String json) {
    OutboundStanza answer = only(get, json);
    assertThat(answer.type()).isEqualTo("error");
    assertThat(answer.id()).isEqualTo("q1");
    assertThat(XmlWriter.write(answer.element())).contains("<internal-server-error ");
    assertThat(answered(get, json).dropped()).hasSize(1);
  }

  @Test
  void anUnusableResponseIsNoReplyToAMessageAndAnErrorToAnIq() {
    DroppedReply why = new DroppedReply(Reason.UNREADABLE, "x");
    assertThat(rules.unusable(chat, 200, why))
        .isEqualTo(new Answered(200, List.of(), List.of(why)));
    Answered answered = rules.unusable(get, 200, why);
    assertThat(answered.dropped()).containsExactly(why);
    assertThat(answered.replies())
        .singleElement()
        .satisfies(
            reply -> {
              assertThat(reply.type()).isEqualTo("error");
              assertThat(XmlWriter.write(reply.element())).contains("<internal-server-error ");
            });
  }

  // Never answered (C2, C5)

  static Stream<Stanza> unanswerable() {
    return Stream.of(
        TestStanzas.iq("result"),
        TestStanzas.iq("error"),
        TestStanzas.presence("error"),
        TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, "1", "error", "x"));
  }

  @ParameterizedTest
  @MethodSource("unanswerable")
  void errorsAndResultsAreNotAnswered(Stanza stanza) {
    Answered answered = answered(stanza, "[{'body':'x'},{'to':'c@d','body':'y'},{}]");
    assertThat(answered.replies()).isEmpty();
    assertThat(answered.dropped())
        .extracting(DroppedReply::reason)
        .containsExactly(Reason.UNANSWERABLE, Reason.UNANSWERABLE);
    assertThat(rules.unusable(stanza, 200, answered.dropped().get(0)).replies()).isEmpty();
  }

  @Test
  void anIqMayBeLeftToTheGateway() {
    WebhookResult.Answered answered = answered(get, "{'local':true}");
    assertThat(answered.local()).isTrue();
    assertThat(answered.replies()).isEmpty();

    // What else is said is sent, but it cannot be the answer.
    WebhookResult.Answered more =
        answered(get, "[{'local':true},{'body':'by the way'},{'kind':'iq'}]");
    assertThat(more.local()).isTrue();
    assertThat(more.replies())
        .singleElement()
        .satisfies(r -> assertThat(r.kind().elementName()).isEqualTo("message"));
    assertThat(more.dropped()).hasSize(1);

    assertThat(answered(get, "{'local':false}").local()).isFalse();
    // There is nothing to answer, so that is no reply.
    assertThat(answered(chat, "{'local':true}").local()).isFalse();
    assertThat(answered(chat, "{'local':true}").replies()).isEmpty();
  }
}
