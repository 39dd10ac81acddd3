package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * XEP-0308 in the default format: a bot sees that it is asked again, and can mend its own words.
 */
class CorrectionTest extends ReplyFixture {

  private static JsonNode request(String payload) {
    List<StreamEvent> events = new ArrayList<>();
    byte[] stream =
        ("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='i'>"
                + "<message from='ann@b/c' to='bot@gw.example' type='chat' id='m2'><body>new</body>"
                + payload
                + "</message>")
            .getBytes(StandardCharsets.UTF_8);
    new StreamDecoder(Jid.of("gw.example"), WireLimits.DEFAULTS, events::add)
        .feed(stream, 0, stream.length);
    Stanza stanza = ((StreamEvent.Received) events.get(1)).stanza();
    assertThat(stanza).isInstanceOf(Message.class);
    ByteBuf buffer = new RequestJson().write(stanza, UnpooledByteBufAllocator.DEFAULT);
    try {
      return new JsonMapper().readTree(buffer.toString(StandardCharsets.UTF_8));
    } finally {
      buffer.release();
    }
  }

  @Test
  void aCorrectionSaysWhichMessageItCorrects() {
    assertThat(
            request("<replace xmlns='urn:xmpp:message-correct:0' id='m&quot;1'/>")
                .path("replace")
                .asString())
        .isEqualTo("m\"1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<replace xmlns='urn:xmpp:message-correct:0'/>",
        "<replace xmlns='urn:xmpp:message-correct:0' id=''/>",
        "<replace xmlns='urn:other' id='m1'/>",
        "<x xmlns='urn:x'><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></x>",
      })
  void whatCorrectsNothingHasNoSuchProperty(String payload) {
    assertThat(request(payload).has("replace")).isFalse();
  }

  @Test
  void aReplyMayCorrectAnEarlierOne() {
    assertThat(replies(chat, "{'body':'better','replace':'r1'}"))
        .containsExactly(
            "<message "
                + TO_ALICE
                + " type='chat' id='*'><body>better</body>"
                + "<replace xmlns='urn:xmpp:message-correct:0' id='r1'/></message>");
    // As a request has it that corrects nothing.
    assertThat(replies(chat, "{'body':'new','replace':null}"))
        .containsExactly("<message " + TO_ALICE + " type='chat' id='*'><body>new</body></message>");
  }

  @Test
  void aCorrectionNeedsItsText() {
    assertDropped(chat, "{'replace':'r1'}", DroppedReply.Reason.INVALID);
    assertDropped(chat, "{'body':'b','replace':{}}", DroppedReply.Reason.INVALID);
    assertDropped(chat, "{'kind':'presence','replace':'r1'}", DroppedReply.Reason.INVALID);
  }
}
