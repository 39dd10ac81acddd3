package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamEvent.Ignored;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Violated;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be a stanza is not waited for as a stanza is: stanzas come behind it. */
class EndlessElementTest {
  private static final String STANZA =
      "<message from='ann@localhost/x' to='bot@gw.localhost'><body>hello</body></message>";

  private static void endsTheStreamAtItsLastByte(String xml) {
    byte[] stream = bytes(HEADER + STANZA + xml);
    List<List<StreamEvent>> all = new ArrayList<>();
    all.add(Feeding.whole(WireLimits.DEFAULTS, stream));
    all.add(Feeding.byteByByte(WireLimits.DEFAULTS, stream));
    for (int cut = HEADER.length(); cut < stream.length; cut += 3) {
      all.add(Feeding.cutAt(WireLimits.DEFAULTS, stream, cut));
    }
    for (List<StreamEvent> events : all) {
      assertThat(events).hasSize(3);
      assertThat(events.get(1)).isInstanceOf(Received.class);
      assertThat(events.get(2))
          .isInstanceOfSatisfying(
              Violated.class,
              end -> assertThat(end.condition()).isEqualTo(StreamCondition.BAD_FORMAT));
    }
    List<StreamEvent> before = Feeding.whole(HEADER + STANZA + xml.substring(0, xml.length() - 1));
    assertThat(before).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
            + " xmlns='jabber:component:accept' id='b'>",
        "<stream:stream>",
        "<stream:stream xmlns='jabber:component:accept' from='gw.localhost' id='b' version='1.0'>",
        "<stream xmlns='http://etherx.jabber.org/streams'>",
        "<s:stream xmlns:s=\"http://etherx.jabber.org/streams\" >",
        "<stream:stream/>",
      })
  void aStreamThatBeginsAgainInsideItselfEndsAtOnce(String startTag) {
    endsTheStreamAtItsLastByte(startTag);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stray>",
        "<stream:features>",
        "<stream:error>",
        "<stream:foo a='b'>text <b>of it</b>",
        "<handshake>",
        "<x xmlns='urn:x'><y>",
        "<ns1:x xmlns:ns1='urn:x'>",
      })
  void stanzasThatAnOpenElementWouldSwallowEndTheStream(String open) {
    endsTheStreamAtItsLastByte(open + "<message from='ann@localhost/x' to='bot@gw.localhost'>");
    endsTheStreamAtItsLastByte(open + "\n<iq\nfrom='localhost' type='get'>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stream:features/>",
        "<stream:features><x xmlns='urn:x'/></stream:features>",
        "<x xmlns='urn:x'><iq xmlns='jabber:client' from='a@b'/></x>",
        "<x xmlns='urn:x'><messages from='a'/><iq/></x>",
        "<foo>text</foo>",
        "<n:message xmlns:n='urn:n' from='a@b' to='gw.localhost'><n:body/></n:message>",
      })
  void b8_anotherElementThatEndsIsIgnoredAndTheStreamGoesOn(String xml) {
    for (List<StreamEvent> events :
        List.of(
            Feeding.whole(HEADER + xml + STANZA),
            Feeding.byteByByte(WireLimits.DEFAULTS, bytes(HEADER + xml + STANZA)))) {
      assertThat(events).hasSize(3);
      assertThat(events.get(1)).isInstanceOf(Ignored.class);
      assertThat(events.get(2)).isInstanceOf(Received.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<message from='a@b' to='gw.localhost'><message from='x@y'"
            + " to='z@w'><body/></message></message>",
        "<message from='a@b' to='gw.localhost'><stream"
            + " xmlns='http://etherx.jabber.org/streams'/></message>",
        "<c:message xmlns:c='jabber:component:accept' from='a@b' to='gw.localhost'><iq"
            + " from='x@y'/></c:message>",
      })
  void whatAUserMayPutIntoAStanzaDoesNotEndTheStream(String xml) {
    for (List<StreamEvent> events :
        List.of(
            Feeding.whole(HEADER + xml + STANZA),
            Feeding.byteByByte(WireLimits.DEFAULTS, bytes(HEADER + xml + STANZA)))) {
      assertThat(events).hasSize(3);
      assertThat(events.get(1)).isInstanceOf(Received.class);
      assertThat(events.get(2)).isInstanceOf(Received.class);
    }
  }

  @Test
  void anElementThatIsNoStanzaIsBounded() {
    List<StreamEvent> events = new ArrayList<>();
    StreamDecoder decoder =
        new StreamDecoder(Jid.of("gw.localhost"), WireLimits.DEFAULTS, events::add);
    byte[] first = bytes(HEADER + "<stray>");
    byte[] more = bytes("<a/>".repeat(256));
    decoder.feed(first, 0, first.length);
    for (int fed = 0; fed < StanzaFramer.MAX_FOREIGN; fed += more.length) {
      decoder.feed(more, 0, more.length);
    }

    assertThat(events).last().extracting("condition").isEqualTo(StreamCondition.BAD_FORMAT);
  }

  @Test
  void tellsWhetherAnElementIsOpenAndWhich() {
    StreamDecoder decoder = new StreamDecoder(Jid.of("gw"), WireLimits.DEFAULTS, event -> {});
    feed(decoder, HEADER);
    assertThat(decoder.openElement()).isNegative();
    feed(decoder, "<message from='a@b'><body>");
    long first = decoder.openElement();
    assertThat(first).isPositive();
    assertThat(decoder.isForeignOpen()).isFalse();
    feed(decoder, "</body>");
    assertThat(decoder.openElement()).isEqualTo(first);
    feed(decoder, "</message> ");
    assertThat(decoder.openElement()).isNegative();
    feed(decoder, "<stray>");
    assertThat(decoder.openElement()).isGreaterThan(first);
    assertThat(decoder.isForeignOpen()).isTrue();
  }

  private static void feed(StreamDecoder decoder, String text) {
    decoder.feed(bytes(text), 0, bytes(text).length);
  }
}
