package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Responses as JSON in, stanzas as XML out: the contract that webhook authors see. */
abstract class ReplyFixture {
  static final String TO_ALICE = "to='alice@example.org/phone' from='bot@gw.example'";

  final ReplyRules rules = new ReplyRules(TestStanzas.DOMAIN);
  final ReplyReader reader = new ReplyReader(2_000_000, 100);

  final Message chat = TestStanzas.chat("hi");
  final Message groupchat = TestStanzas.groupchat("hi");
  final Iq get = TestStanzas.iq("get");

  void assertDropped(Stanza stanza, String json, Reason reason) {
    Answered answered = answered(stanza, json);
    assertThat(answered.replies()).isEmpty();
    assertThat(answered.dropped())
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.reason()).isEqualTo(reason);
              assertThat(dropped.detail()).isNotBlank().hasSizeLessThan(300).doesNotContain("\n");
            });
  }

  OutboundStanza only(Stanza stanza, String json) {
    List<OutboundStanza> replies = answered(stanza, json).replies();
    assertThat(replies).hasSize(1);
    return replies.get(0);
  }

  /** The replies as written to the stream, ids that we gave them as a star. */
  List<String> replies(Stanza stanza, String json) {
    return written(answered(stanza, json));
  }

  /** The replies of an answer of which none was dropped, as {@link #replies} has them. */
  static List<String> written(Answered answered) {
    assertThat(answered.dropped()).isEmpty();
    return answered.replies().stream()
        .map(
            reply -> {
              StringBuilder out = new StringBuilder();
              XmlWriter.write(reply.element(), Namespaces.COMPONENT, out);
              return out.toString().replaceAll("id='[0-9a-z]{6,20}-[0-9a-z]+'", "id='*'");
            })
        .toList();
  }

  Answered answered(Stanza stanza, String json) {
    return rules.answered(stanza, 200, read(json));
  }

  List<ReadReply> read(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    try {
      return reader.read("application/json", bytes, bytes.length);
    } catch (UnreadableResponseException e) {
      throw new AssertionError(e);
    }
  }

  /** The JSON of a supplied stanza; quotes of either kind and controls as escapes. */
  static String stanza(String xml) {
    StringBuilder json = new StringBuilder("{'stanza':'");
    for (int i = 0; i < xml.length(); i++) {
      char c = xml.charAt(i);
      if (c < ' ' || c == '\'' || c == '"' || Character.isSurrogate(c)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append("'}").toString();
  }
}
