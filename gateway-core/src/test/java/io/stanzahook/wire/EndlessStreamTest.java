package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamEvent.Refused;
import io.stanzahook.wire.StreamEvent.Violated;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What never ends is cut off at the hard ceiling, and holds no more memory than a stanza may. */
class EndlessStreamTest {
  private static final WireLimits LIMITS = WireLimits.DEFAULTS;

  /** The held bytes grow by doubling, up to the limit of a stanza and one read. */
  private static final int MOST_HELD = 2 * (512 * 1024 + 8 * 1024);

  private final List<StreamEvent> events = new ArrayList<>();
  private final StreamDecoder decoder =
      new StreamDecoder(Jid.of("gw.localhost"), LIMITS, events::add);

  /** Feeds the text for ever, in reads of some kilobytes, and gives how many bytes it took. */
  private long feedUntilTheEnd(String opening, String repeated) {
    byte[] first = bytes(opening);
    byte[] more = bytes(repeated.repeat(8 * 1024 / repeated.length()));
    decoder.feed(first, 0, first.length);
    long fed = 0;
    while (!(events.get(events.size() - 1) instanceof Violated)) {
      decoder.feed(more, 0, more.length);
      fed += more.length;
      assertThat(decoder.heldBytes()).isLessThanOrEqualTo(MOST_HELD);
      assertThat(fed).isLessThan(2 * LIMITS.hardCeiling());
    }
    return fed;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tag              | <message from='a@b' ; a",
        "name             | <m ; m",
        "tags             | <message> ; <a/>",
        "attributes       | <message ; a='b' ",
        "attribute value  | <message from=\" ; a",
        "text             | <message><body> ; a",
        "CDATA section    | <message><![CDATA[ ; ]",
        "nesting          | <message> ; <a>",
        "references       | <message> ; &amp;",
        "one reference    | <message>&#x0 ; 0",
        "one entity       | <message>&a ; a",
        "end tag          | <message></m ; m",
        "stream's end tag | </stream:stream ; s",
        "UTF-8            | <message> ; \u20ac",
        "markup           | <message> ; <![CDATA[x]]>",
      })
  void b14_aStanzaThatNeverEndsMeetsTheCeiling(String what, String text) {
    String[] parts = text.split(" ; ", 2);

    long fed = feedUntilTheEnd(HEADER + parts[0], parts[1]);

    assertThat(events).last().extracting("condition").isEqualTo(StreamCondition.POLICY_VIOLATION);
    assertThat(fed).isLessThanOrEqualTo(LIMITS.hardCeiling() + 8 * 1024);
    assertThat(decoder.heldBytes()).isLessThanOrEqualTo(MOST_HELD);
  }

  @ParameterizedTest
  @CsvSource({"<!-- , restricted-xml", "<?pi , restricted-xml", "<!DOCTYPE , restricted-xml"})
  void b14_whatNoStreamMayHoldEndsItAtItsFirstBytes(String opening, String condition) {
    feedUntilTheEnd(HEADER + "<message>" + opening, "a");

    assertThat(((Violated) events.get(1)).condition().elementName()).isEqualTo(condition);
  }

  @Test
  void b14_aStartTagOfTheStreamThatNeverEndsIsCutOffEarly() {
    byte[] opening = bytes("<stream:stream ");
    byte[] more = bytes("a='b' ");
    decoder.feed(opening, 0, opening.length);
    for (int i = 0; i < 1000; i++) {
      decoder.feed(more, 0, more.length);
    }

    assertThat(events).singleElement().isInstanceOf(Violated.class);
  }

  @Test
  void b14_anEndTagOfTheStreamThatIsTooLargeIsNoneEvenCutAtItsLastByte() {
    byte[] tag = bytes(HEADER + "</stream:stream" + " ".repeat(600_000));
    decoder.feed(tag, 0, tag.length);
    decoder.feed(bytes(">"), 0, 1);

    assertThat(events).last().extracting("condition").isEqualTo(StreamCondition.POLICY_VIOLATION);
  }

  @Test
  void b13_whiteSpaceBetweenStanzasTakesNoMemoryHoweverMuch() {
    byte[] header = bytes(HEADER);
    byte[] space = bytes(" \n".repeat(4096));
    decoder.feed(header, 0, header.length);
    for (int i = 0; i < 4000; i++) {
      decoder.feed(space, 0, space.length);
    }

    assertThat(events).hasSize(1);
    assertThat(decoder.heldBytes()).isLessThanOrEqualTo(MOST_HELD);
  }

  @Test
  void b13_manyBombsInARowLeaveNothingBehind() {
    byte[] header = bytes(HEADER);
    byte[] bomb = bytes("<message from='a@b'><body>" + "x".repeat(600_000) + "</body></message>");
    decoder.feed(header, 0, header.length);
    for (int i = 0; i < 100; i++) {
      for (int at = 0; at < bomb.length; at += 8192) {
        decoder.feed(bomb, at, Math.min(8192, bomb.length - at));
      }
      assertThat(decoder.heldBytes()).isLessThanOrEqualTo(8 * 1024);
    }

    assertThat(events.subList(1, events.size())).hasSize(100).hasOnlyElementsOfType(Refused.class);
  }
}
