package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.stanza.OutboundStanza;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent of the nasty replies is safe, and the rest is dropped for the reason expected. */
class NastyReplyTest {
  private final ReplyRules rules = new ReplyRules(TestStanzas.DOMAIN);
  private final ReplyReader reader = new ReplyReader(NastyReply.MAX_RESPONSE, 100);

  static Stream<NastyReply> all() {
    return NastyReply.all(TestStanzas.DOMAIN).stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void b15_c14_isSentSafelyOrDropped(NastyReply nasty) throws XMLStreamException {
    Answered answered = answered(nasty);

    if (nasty.dropped() == null) {
      assertThat(answered.dropped()).isEmpty();
      assertThat(answered.replies()).hasSize(1);
      for (OutboundStanza reply : answered.replies()) {
        SafeStanza.assertSafe(reply);
      }
    } else {
      assertThat(answered.replies()).as("%s", nasty).isEmpty();
      assertThat(answered.dropped())
          .extracting(DroppedReply::reason)
          .containsExactly(nasty.dropped());
    }
  }

  private Answered answered(NastyReply nasty) {
    byte[] body = nasty.body().getBytes(StandardCharsets.UTF_8);
    try {
      List<ReadReply> read = reader.read(nasty.contentType(), body, body.length);
      return rules.answered(TestStanzas.chat("x"), 200, read);
    } catch (UnreadableResponseException e) {
      DroppedReply why =
          new DroppedReply(DroppedReply.Reason.UNREADABLE, String.valueOf(e.getMessage()));
      return rules.unusable(TestStanzas.chat("x"), 200, why);
    }
  }
}
