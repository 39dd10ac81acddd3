package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.byteByByte;
import static io.stanzahook.wire.Feeding.bytes;
import static io.stanzahook.wire.Feeding.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Refused;
import io.stanzahook.wire.StreamEvent.Violated;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conformance B13 and B14: what is too large is skipped, and the next stanza is read. */
class SoftLimitsTest {
  private static final WireLimits LIMITS = new WireLimits(2048, 5, 8, 1024, 6, 10_000);
  private static final String OPEN =
      "<message to=\"Bot@gw.localhost\" from='a@b/&lt;r&gt;' id='i&amp;d' type='chat' ";

  private static Stanza refused(String reason, String stanza) {
    byte[] stream = bytes(HEADER + stanza + "<presence from='next@b'/>");
    List<StreamEvent> events = whole(LIMITS, stream);
    assertThat(byteByByte(LIMITS, stream)).isEqualTo(events);
    assertThat(events).hasSize(3);
    assertThat(((Received) events.get(2)).stanza().from()).hasToString("next@b");
    Refused refused = (Refused) events.get(1);
    assertThat(refused.reason()).isEqualTo(reason);
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
    isTheMessage(refused("too_large", OPEN + "><body>" + "x".repeat(3000) + "</body></message>"));
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
        refused("too_deep", OPEN + ">" + "<a>".repeat(5) + "</a>".repeat(5) + "</message>"));
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
    isTheMessage(refused("too_many_attributes", OPEN + attributes + "/>"));
    String first = "<message " + attributes + OPEN.substring(8) + "/>";
    isTheMessage(refused("too_many_attributes", first));
  }

  @Test
  void b13_tag() {
    isTheMessage(refused("tag_too_large", OPEN + "x='" + "y".repeat(1000) + "'/>"));
    isTheMessage(refused("tag_too_large", OPEN + "><a " + " ".repeat(1100) + "/></message>"));
  }

  @Test
  void b13_elements() {
    isTheMessage(refused("too_many_elements", OPEN + ">" + "<a/>".repeat(6) + "</message>"));
  }

  @Test
  void b13_aSenderTooLongToBeOneIsNotKept() {
    assertThat(
            refused(
                "tag_too_large", "<message from='" + "a".repeat(8000) + "' to='gw.localhost'/>"))
        .isNull();
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
