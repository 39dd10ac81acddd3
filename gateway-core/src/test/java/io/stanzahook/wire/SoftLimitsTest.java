package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.byteByByte;
import static io.stanzahook.wire.Feeding.bytes;
import static io.stanzahook.wire.Feeding.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Refused;
import io.stanzahook.wire.StreamEvent.Violated;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conformance B13 and B14: what is too large is skipped, and the next stanza is read. */
class SoftLimitsTest {
  private static final WireLimits LIMITS = new WireLimits(2048, 5, 8, 1024, 6, 10_000);
  private static final String OPEN =
      "<message to=\"Bot@gw.localhost\" from='a@b/&lt;r&gt;' id='i&amp;d' type='chat' ";

  private static Stanza refused(Refusal reason, int limit, String stanza) {
    byte[] stream = bytes(HEADER + stanza + "<presence from='next@b'/>");
    List<StreamEvent> events = whole(LIMITS, stream);
    assertThat(byteByByte(LIMITS, stream)).isEqualTo(events);
    assertThat(events).hasSize(3);
    assertThat(((Received) events.get(2)).stanza().from()).hasToString("next@b");
    Refused refused = (Refused) events.get(1);
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.limit()).isEqualTo(limit);
    return refused.shell();
  }

  private static void isTheMessage(Stanza shell) {
    assertThat(shell).isInstanceOf(Message.class);
    assertThat(shell.from()).hasToString("a@b/<r>");
    assertThat(shell.to()).hasToString("Bot@gw.localhost");
    assertThat(shell.id()).isEqualTo("i&d");
    assertThat(shell.type()).isEqualTo("chat");
  }

  @Test
  void b13_size() {
    isTheMessage(
        refused(Refusal.SIZE, 2048, OPEN + "><body>" + "x".repeat(3000) + "</body></message>"));
  }

  @Test
  void b13_aStanzaOfExactlyTheLimitIsRead() {
    String start = "<message from='a@b'><body>";
    String end = "</body></message>";
    String exact = start + "x".repeat(2048 - start.length() - end.length()) + end;
    assertThat(whole(LIMITS, bytes(HEADER + exact)).get(1)).isInstanceOf(Received.class);
    assertThat(whole(LIMITS, bytes(HEADER + exact.replace("<body>", "<body>x"))).get(1))
        .isInstanceOf(Refused.class);
  }

  @Test
  void b13_depth() {
    isTheMessage(
        refused(Refusal.DEPTH, 5, OPEN + ">" + "<a>".repeat(5) + "</a>".repeat(5) + "</message>"));
    assertThat(
            whole(
                    LIMITS,
                    bytes(HEADER + OPEN + ">" + "<a>".repeat(4) + "</a>".repeat(4) + "</message>"))
                .get(1))
        .isInstanceOf(Received.class);
  }

  @Test
  void b13_attributesOfTheRootItself() {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      attributes.append(" x").append(i).append("='").append(i).append("'");
    }
    isTheMessage(refused(Refusal.ATTRIBUTES, 8, OPEN + attributes + "/>"));
    String first = "<message " + attributes + OPEN.substring(8) + "/>";
    isTheMessage(refused(Refusal.ATTRIBUTES, 8, first));
  }

  @Test
  void b13_tag() {
    isTheMessage(refused(Refusal.TAG, 1024, OPEN + "x='" + "y".repeat(1000) + "'/>"));
    isTheMessage(refused(Refusal.TAG, 1024, OPEN + "><a " + " ".repeat(1100) + "/></message>"));
  }

  @Test
  void b13_elements() {
    isTheMessage(refused(Refusal.ELEMENTS, 6, OPEN + ">" + "<a/>".repeat(6) + "</message>"));
  }

  @Test
  void b13_aSenderTooLongToBeOneIsNotKept() {
    assertThat(
            refused(
                Refusal.TAG, 1024, "<message from='" + "a".repeat(8000) + "' to='gw.localhost'/>"))
        .isNull();
  }

  @Test
  void b13_theSenderIsToldWhichLimitItWas() {
    assertThat(
            Arrays.stream(Refusal.values())
                .map(reason -> new Refused(reason, reason.limit(WireLimits.DEFAULTS), null)))
        .extracting(Refused::sentence)
        .containsExactly(
            "The stanza has more than 524288 bytes.",
            "The stanza is nested deeper than 100 elements.",
            "The stanza has an element with more than 256 attributes and namespace declarations.",
            "The stanza has a tag of more than 65536 bytes.",
            "The stanza has more than 10000 elements.",
            "The stanza has no valid 'from'.",
            "The stanza has a 'to' that is not a JID.");
  }

  @Test
  void b13_limitsHaveBoundsOfTheirOwn() {
    assertThatThrownBy(() -> new WireLimits(1 << 20, 1001, 256, 1 << 16, 10, 0))
        .hasMessage("max-depth must be between 2 and 1000");
    assertThatThrownBy(() -> new WireLimits(1 << 20, 100, 1001, 1 << 16, 10, 0))
        .hasMessage("max-attributes must be between 8 and 1000");
    assertThat(new WireLimits(1 << 20, 100, 256, 1 << 16, 10, 0).hardCeiling())
        .isEqualTo(WireLimits.MAX_SKIPPED);
    assertThat(new WireLimits(10 << 20, 100, 256, 1 << 16, 10, 0).hardCeiling())
        .isEqualTo(20L << 20);
  }

  @Test
  void b14_pastTheHardCeilingTheStreamEnds() {
    List<StreamEvent> events = whole(LIMITS, bytes(HEADER + OPEN + "><body>" + "x".repeat(11_000)));
    assertThat(events)
        .last()
        .satisfies(
            event ->
                assertThat(((Violated) event).condition())
                    .isEqualTo(StreamCondition.POLICY_VIOLATION));
  }

  @Test
  void anEndTagOfTheStreamIsBoundedToo() {
    byte[] stream = bytes(HEADER + "</" + "x".repeat(3000) + ">");
    assertThat(whole(LIMITS, stream)).last().isInstanceOf(Violated.class);
    assertThat(byteByByte(LIMITS, stream)).isEqualTo(whole(LIMITS, stream));
  }

  @Test
  void aStartTagOfTheStreamIsBoundedToo() {
    assertThat(whole(LIMITS, bytes("<stream:stream a='" + "x".repeat(2000))))
        .singleElement()
        .isInstanceOf(Violated.class);
  }
}
