package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.Iq;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a webhook gets of a command, and what follows from its response. */
class CommandReplyTest extends ReplyFixture {
  private static final String ANSWER =
      "<iq to='alice@example.org/phone' from='bot@gw.example' type='result' id='q1'>"
          + "<command xmlns='http://jabber.org/protocol/commands' node='deploy' sessionid='s1' status='%s'>%s</command></iq>";

  private final Iq command = TestStanzas.iq("set").with(new CommandCall("deploy", "s1", fields()));

  private static Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("target", "staging");
    fields.put("force", true);
    fields.put("tags", List.of("a", "b"));
    return fields;
  }

  @ParameterizedTest
  @EnumSource(
      value = PostFormat.class,
      names = {"JSON", "REST_JSON"})
  void theWebhookGetsNodeSessionAndFields(PostFormat format) {
    ByteBuf buffer = format.writer().write(command, UnpooledByteBufAllocator.DEFAULT);
    assertThat(buffer.toString(StandardCharsets.UTF_8))
        .contains(
            "\"kind\":\"command\"",
            "\"node\":\"deploy\"",
            "\"session\":\"s1\"",
            "\"fields\":{\"target\":\"staging\",\"force\":true,\"tags\":[\"a\",\"b\"]}",
            "\"from\":\"alice@example.org/phone\"");
    buffer.release();
  }

  @Test
  void aBodyIsWhatItSaysAtTheEnd() {
    assertThat(replies(command, "{'body':'Done'}"))
        .containsExactly(ANSWER.formatted("completed", "<note type='info'>Done</note>"));
    for (String nothing : List.of("[]", "{'local':true}", "[{'local':true}]")) {
      assertThat(replies(command, nothing)).singleElement().asString().contains("'completed'/>");
    }
    assertThat(replies(command, "{}"))
        .containsExactly(ANSWER.formatted("completed", "").replace("></command>", "/>"));
  }

  @Test
  void fieldsAreAnotherPage() {
    assertThat(
            replies(
                command,
                "{'title':'Sure?','body':'one more','fields':[{'var':'sure','type':'boolean','label':'Really'}]}"))
        .containsExactly(
            ANSWER.formatted(
                "executing",
                "<actions execute='complete'><complete/></actions>"
                    + "<x xmlns='jabber:x:data' type='form'><title>Sure?</title>"
                    + "<field var='sure' type='boolean' label='Really'/></x>"
                    + "<note type='info'>one more</note>"));
  }

  @Test
  void anErrorIsANote_orACondition() {
    assertThat(replies(command, "{'error':'no such target'}"))
        .containsExactly(ANSWER.formatted("completed", "<note type='error'>no such target</note>"));
    assertThat(replies(command, "{'error':{'condition':'conflict','text':'busy'}}").get(0))
        .contains("type='error' id='q1'", "<conflict ", ">busy</text>");
  }

  @Test
  void messagesMayStandBesideTheAnswer() {
    List<String> replies =
        replies(command, "[{'body':'Done'},{'kind':'message','to':'ops@x','body':'news'}]");
    assertThat(replies).hasSize(2);
    assertThat(replies.get(0)).contains("<note type='info'>Done</note>");
    assertThat(replies.get(1)).startsWith("<message ").contains("to='ops@x'");
  }

  @Test
  void theWebhookMayWriteTheAnswerItself() {
    assertThat(
            replies(
                command,
                stanza(
                    "<iq type='result'><command xmlns='http://jabber.org/protocol/commands' sessionid='s1' status='completed'/></iq>")))
        .singleElement()
        .asString()
        .contains("id='q1'", "status='completed'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'fields':[]}",
        "{'fields':[{'label':'no var'}]}",
        "{'fields':[{'var':'a','type':'nonsense'}]}",
        "{'fields':[{'var':'a','nonsense':1}]}",
        "{'error':{'condition':'bad-luck'}}"
      })
  void whatCannotBeMeantIsAnError(String json) {
    WebhookResult.Answered answered = answered(command, json);
    assertThat(answered.dropped()).hasSize(1);
    assertThat(answered.replies())
        .singleElement()
        .satisfies(reply -> assertThat(reply.type()).isEqualTo("error"));
  }
}
