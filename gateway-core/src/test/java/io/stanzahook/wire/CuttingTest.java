package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.atRandom;
import static io.stanzahook.wire.Feeding.byteByByte;
import static io.stanzahook.wire.Feeding.bytes;
import static io.stanzahook.wire.Feeding.cutAt;
import static io.stanzahook.wire.Feeding.join;
import static io.stanzahook.wire.Feeding.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import io.stanzahook.xml.XmlChars;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Conformance B6: the outcome never depends on how the bytes are cut. */
class CuttingTest {
  private static final WireLimits SMALL = new WireLimits(1024, 4, 8, 1024, 6, 3000);

  /** Pieces that, put together at random, are mostly valid and touch every state and limit. */
  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
        "<message from='a@b/😀' to='é@gw' id='1'><body>",
        "</body></message>",
        "<iq type='get' id=\"'\" from='x@y'>",
        "</iq>",
        "<a>",
        "</a>",
        "<a/>",
        "<presence from='a@b'/>",
        "<stream:x/>",
        "<a xmlns='u' b='1' c='2' d='3' e='4' f='5' g='6' h='7' i='8'/>",
        "text",
        "ü€😀",
        " \r\n",
        "&amp;",
        "&#x1F600;",
        "<![CDATA[<]]]]>",
        "]]",
        ">",
        "x".repeat(700),
        "<a b='" + "y".repeat(500) + "'/>",
        "<handshake/>",
        "</stream:stream>",
        "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "<!-- -->",
        "&nbsp;",
        "\u0001",
        "<");
  }

  @Property(tries = 600)
  void b6_anyStreamGivesTheSameEventsHoweverCut(
      @ForAll("streams") List<String> parts, @ForAll long seed) {
    same(SMALL, bytes(HEADER + String.join("", parts)), seed);
  }

  @Provide
  Arbitrary<List<String>> streams() {
    return pieces().list().ofMaxSize(14);
  }

  @Property(tries = 300)
  void b6_arbitraryBytesToo(@ForAll byte[] junk, @ForAll long seed) {
    same(SMALL, join(bytes(HEADER + "<message from='a@b'><body>"), junk), seed);
    same(SMALL, junk, seed);
  }

  @Property(tries = 100)
  void b6_anyTextSurvivesInBodiesAndValues(@ForAll String text, @ForAll long seed) {
    StringBuilder xml = new StringBuilder(HEADER).append("<message from='a@b' id='");
    XmlWriter.attributeValue(text, xml);
    xml.append("'><body>");
    XmlWriter.text(text, xml);
    xml.append("</body></message>");
    byte[] stream = xml.toString().getBytes(StandardCharsets.UTF_8);
    List<StreamEvent> events = same(WireLimits.DEFAULTS, stream, seed);
    assertThat(events.get(1)).isInstanceOf(StreamEvent.Received.class);
    var message = (Message) ((StreamEvent.Received) events.get(1)).stanza();
    String expected = replaced(text);
    assertThat(message.body()).isEqualTo(expected);
    assertThat(message.id()).isEqualTo(expected);
  }

  private static String replaced(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.appendCodePoint(XmlChars.isAllowed(c) ? c : XmlChars.REPLACEMENT));
    return out.toString();
  }

  private static List<StreamEvent> same(WireLimits limits, byte[] stream, long seed) {
    List<StreamEvent> events = whole(limits, stream);
    assertThat(byteByByte(limits, stream)).isEqualTo(events);
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      assertThat(atRandom(limits, stream, random, 1 + random.nextInt(50))).isEqualTo(events);
    }
    for (int cut = 0; cut < Math.min(stream.length, 700); cut++) {
      assertThat(cutAt(limits, stream, cut)).isEqualTo(events);
    }
    return events;
  }
}
