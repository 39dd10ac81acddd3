package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.bytes;
import static io.stanzahook.wire.Feeding.join;
import static io.stanzahook.wire.Feeding.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamEvent.Closed;
import io.stanzahook.wire.StreamEvent.Failed;
import io.stanzahook.wire.StreamEvent.Handshake;
import io.stanzahook.wire.StreamEvent.Ignored;
import io.stanzahook.wire.StreamEvent.Opened;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Violated;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conformance A3 to A6, B1 to B12 on the level of bytes. */
class StreamDecoderTest {

  static StreamEvent only(String afterHeader) {
    List<StreamEvent> events = whole(HEADER + afterHeader);
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isInstanceOf(Opened.class);
    return events.get(1);
  }

  static Message message(String xml) {
    return (Message) ((Received) only(xml)).stanza();
  }

  static Stanza stanza(String xml) {
    return ((Received) only(xml)).stanza();
  }

  static StreamCondition violation(byte[] afterHeader) {
    List<StreamEvent> events =
        whole(WireLimits.DEFAULTS, join(bytes(HEADER), afterHeader, bytes("<presence/>")));
    assertThat(events).last().isInstanceOf(Violated.class);
    return ((Violated) events.get(events.size() - 1)).condition();
  }

  @Test
  void readsAMessage() {
    String xml =
        "<message from='a@b/c' to='Bot@GW.localhost' id='1' type='chat' xml:lang='de'>"
            + "<body>Grüße &amp; 😀</body><thread>t</thread><subject>s</subject>"
            + "<x xmlns='urn:x'><body>not this</body></x></message>";
    Message message = message(xml);
    assertThat(message.from()).hasToString("a@b/c");
    assertThat(message.to()).hasToString("Bot@GW.localhost");
    assertThat(message.id()).isEqualTo("1");
    assertThat(message.type()).isEqualTo("chat");
    assertThat(message.lang()).isEqualTo("de");
    assertThat(message.body()).isEqualTo("Grüße & 😀");
    assertThat(message.thread()).isEqualTo("t");
    assertThat(message.subject()).isEqualTo("s");
    assertThat(message.payloads()).containsExactly(new PayloadName("urn:x", "x"));
    assertThat(message.xml()).hasToString(xml);
  }

  @Test
  void readsPresenceAndIq() {
    assertThat(stanza("<presence from='a@b' to='c'/>")).isInstanceOf(Presence.class);
    Iq iq =
        (Iq) stanza("<iq from='a@b' to='c' type='get' id='i'><ping xmlns='urn:xmpp:ping'/></iq>");
    assertThat(iq.isWellFormedRequest()).isTrue();
    assertThat(iq.hasPayload("urn:xmpp:ping", "ping")).isTrue();
  }

  @Test
  void manyStanzasInOneReadComeInOrder() {
    StringBuilder stream = new StringBuilder(HEADER);
    for (int i = 0; i < 3000; i++) {
      stream.append("<message from='a@b' id='").append(i).append("'><body>x</body></message>\n ");
    }
    List<StreamEvent> events = whole(stream.toString());
    assertThat(events).hasSize(3001);
    for (int i = 0; i < 3000; i++) {
      assertThat(((Received) events.get(i + 1)).stanza().id()).isEqualTo(String.valueOf(i));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='abc'>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<stream:stream id=\"abc\" xmlns=\"jabber:component:accept\" xmlns:stream=\"http://etherx.jabber.org/streams\" version='1.0'>",
        "<s:stream xml:lang='en' xmlns='jabber:component:accept' from='gw' id='abc' xmlns:s='http://etherx.jabber.org/streams' >",
      })
  void a4_acceptsEveryFormOfHeader(String header) {
    assertThat(whole(header + "<handshake></handshake>"))
        .satisfiesExactly(
            first -> assertThat(((Opened) first).id()).isEqualTo("abc"),
            second -> assertThat(second).isEqualTo(new Handshake("")));
    assertThat(whole(header + "<handshake/>")).last().isEqualTo(new Handshake(""));
  }

  @Test
  void a3_tellsAMissingAndAnEmptyId() {
    String start =
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'";
    assertThat(((Opened) whole(start + ">").get(0)).id()).isNull();
    assertThat(((Opened) whole(start + " id=''>").get(0)).id()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' id='a'>",
        "<stream:stream xmlns:stream='urn:other' xmlns='jabber:component:accept' id='a'>",
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'>",
        "<html>",
      })
  void a5_refusesAnotherRoot(String header) {
    assertThat(whole(header))
        .singleElement()
        .satisfies(
            event ->
                assertThat(((Violated) event).condition())
                    .isEqualTo(StreamCondition.INVALID_NAMESPACE));
  }

  @Test
  void whatIsNoXmlIsTold() {
    assertThat(whole("HTTP/1.1 400 Bad Request\r\n")).singleElement().isInstanceOf(Violated.class);
  }

  @Test
  void a6_stanzasRightAfterTheAcknowledgementAreRead() {
    assertThat(whole(HEADER + "<handshake/><presence from='a@b'/>")).hasSize(3);
  }

  @Test
  void a8_readsStreamErrors() {
    StreamEvent event =
        only(
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>no &lt;way&gt;</text>"
                + "</stream:error>");
    assertThat(event)
        .isEqualTo(new Failed(StreamCondition.NOT_AUTHORIZED, "not-authorized", "no <way>"));
    assertThat(
            only("<stream:error><odd xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"))
        .isEqualTo(new Failed(StreamCondition.UNDEFINED_CONDITION, "odd", null));
  }

  @Test
  void a9_theAddressInSeeOtherHostIsNotEvenKept() {
    assertThat(
            only(
                "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                    + "elsewhere.example</see-other-host></stream:error>"))
        .isEqualTo(new Failed(StreamCondition.SEE_OTHER_HOST, "see-other-host", null));
  }

  @Test
  void a11_readsTheEndTagAndIgnoresWhatFollows() {
    assertThat(only("</stream:stream>\n<rubbish")).isEqualTo(new Closed());
    assertThat(violation(bytes("</stream:other>"))).isEqualTo(StreamCondition.NOT_WELL_FORMED);
  }

  static Stream<Arguments> restricted() {
    return Stream.of(
        arguments("b1 comment", "<message from='a@b'><!-- x --></message>"),
        arguments("b1 comment between", "<!-- x -->"),
        arguments("b1 instruction", "<message from='a@b'><?php x ?></message>"),
        arguments("b1 second declaration", "<?xml version='1.0'?>"),
        arguments("b1 doctype", "<!DOCTYPE a>"),
        arguments("b1 entity", "<message from='a@b'><body>&nbsp;</body></message>"),
        arguments("b1 entity in value", "<message from='&copy;'/>"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("restricted")
  void b1_restrictedXml(String name, String xml) {
    assertThat(violation(bytes(xml))).isEqualTo(StreamCondition.RESTRICTED_XML);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments("b2 crossed tags", "<message><a></message></a>"),
        arguments("b2 undeclared prefix", "<message><x:a/></message>"),
        arguments("b2 prefix without a namespace", "<message><a xmlns:p=''/></message>"),
        arguments("b2 prefix that is no name", "<message xmlns:0='u'/>"),
        arguments("b2 no prefix", "<message xmlns: ='u'/>"),
        arguments("b2 no name after a prefix", "<stream:/>"),
        arguments("b2 no name of an attribute", "<message stream:0='x'/>"),
        arguments("b2 undeclared attribute prefix", "<message x:a=''/>"),
        arguments("b2 duplicate attribute", "<message a='' a=''/>"),
        arguments("b2 duplicate by namespace", "<m xmlns:p='u' xmlns:q='u' p:a='' q:a=''/>"),
        arguments("b2 ]]> in text", "<message><body>x]]>y</body></message>"),
        arguments("b2 < in value", "<message a='<'/>"),
        arguments("b2 stray <", "<message>< a/></message>"),
        arguments("b2 stray &", "<message><body>a & b</body></message>"),
        arguments("b2 & at end", "<message><body>&</body></message>"),
        arguments("b2 unquoted value", "<message a=b/>"),
        arguments("b2 value without name", "<message 'b'/>"),
        arguments("b2 no space", "<message a='b'c='d'/>"),
        arguments("b2 slash in tag", "<message / a='b'>"),
        arguments("b2 cdata between stanzas", "<![CDATA[x]]>"),
        arguments("b2 bad markup", "<message><![CDETA[x]]></message>"),
        arguments("b2 name", "<message><1/></message>"),
        arguments("b3 &#0;", "<message><body>&#0;</body></message>"),
        arguments("b3 &#1;", "<message><body>&#1;</body></message>"),
        arguments("b3 surrogate", "<message><body>&#xD83D;&#xDE00;</body></message>"),
        arguments("b3 &#xFFFE;", "<message><body>&#xFFFE;</body></message>"),
        arguments("b3 &#x110000;", "<message><body>&#x110000;</body></message>"),
        arguments("b3 wraps around", "<message><body>&#x100000041;</body></message>"),
        arguments("b3 empty", "<message><body>&#;</body></message>"),
        arguments("b3 empty hex", "<message><body>&#x;</body></message>"),
        arguments("b3 upper X", "<message><body>&#X41;</body></message>"),
        arguments("b3 control", "<message><body>\u0001</body></message>"),
        arguments("b3 control in value", "<message a='\u0000'/>"),
        arguments("b3 control in cdata", "<message><body><![CDATA[\u001F]]></body></message>"),
        arguments("b3 U+FFFF", "<message><body>\uFFFF</body></message>"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void b2_b3_notWellFormed(String name, String xml) {
    assertThat(violation(bytes(xml))).isEqualTo(StreamCondition.NOT_WELL_FORMED);
  }

  static Stream<Arguments> invalidUtf8() {
    return Stream.of(
        arguments("overlong slash", new int[] {0xC0, 0xAF}),
        arguments("overlong null", new int[] {0xC0, 0x80}),
        arguments("overlong of three", new int[] {0xE0, 0x80, 0xAF}),
        arguments("overlong of four", new int[] {0xF0, 0x80, 0x80, 0xAF}),
        arguments("surrogate (CESU)", new int[] {0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80}),
        arguments("past the end", new int[] {0xF4, 0x90, 0x80, 0x80}),
        arguments("five bytes", new int[] {0xF8, 0x88, 0x80, 0x80, 0x80}),
        arguments("lone continuation", new int[] {0x80}),
        arguments("truncated", new int[] {0xE2, 0x82}),
        arguments("0xFF", new int[] {0xFF}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidUtf8")
  void b4_invalidUtf8(String name, int[] values) {
    byte[] bad = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bad[i] = (byte) values[i];
    }
    assertThat(violation(join(bytes("<message><body>"), bad, bytes("</body></message>"))))
        .isEqualTo(StreamCondition.NOT_WELL_FORMED);
    assertThat(violation(join(bytes("<message a='"), bad, bytes("'/>"))))
        .isEqualTo(StreamCondition.NOT_WELL_FORMED);
    assertThat(violation(join(bytes("<message"), bad, bytes("/>"))))
        .isEqualTo(StreamCondition.NOT_WELL_FORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<?xml?>",
        "<?xml version='1.1'?>",
        "<?xml version='1.0\"?>",
        "<?xml encoding='UTF-8' version='1.0'?>",
        "<?xml version='1.0' encoding='UTF-8' encoding='x'?>",
        "<?xml version='1.0'encoding='UTF-8'?>"
      })
  void b2_aDeclarationIsOneOfXml10(String declaration) {
    assertThat(whole(declaration + HEADER.substring(HEADER.indexOf("<stream"))))
        .singleElement()
        .isInstanceOf(Violated.class);
  }

  @Test
  void b4_anotherEncodingIsRefused() {
    assertThat(whole("<?xml version='1.0' encoding='ISO-8859-1'?><a>"))
        .singleElement()
        .satisfies(
            event ->
                assertThat(((Violated) event).condition())
                    .isEqualTo(StreamCondition.UNSUPPORTED_ENCODING));
  }

  @Test
  void b5_byteOrderMark() {
    assertThat(whole("\uFEFF" + HEADER)).singleElement().isInstanceOf(Violated.class);
    assertThat(message("<message from='a@b'><body>\uFEFFx</body></message>").body())
        .isEqualTo("\uFEFFx");
  }

  @Test
  void b3_acceptsWhatXmlAllows() {
    assertThat(
            message(
                    "<message from='a@b'><body>&#x1F600;\u007F\u0085&#65;&#x000041;</body></message>")
                .body())
        .isEqualTo("\uD83D\uDE00\u007F\u0085AA");
  }

  @Test
  void b7_whiteSpaceBetweenStanzasIsIgnored() {
    assertThat(whole(HEADER + " \t\r\n<presence from='a@b'/> \n")).hasSize(2);
    assertThat(violation(bytes("text"))).isEqualTo(StreamCondition.BAD_FORMAT);
  }

  @Test
  void b8_matchesExpandedNames() {
    assertThat(message("<message xmlns='jabber:client' from='a@b'><body>x</body></message>").body())
        .isEqualTo("x");
    assertThat(
            message("<c:message xmlns:c='jabber:client' from='a@b'><c:body>x</c:body></c:message>")
                .body())
        .isEqualTo("x");
    assertThat(only("<message xmlns='urn:other'><body/></message>"))
        .isEqualTo(new Ignored("urn:other", "message"));
    assertThat(only("<route><a>x</a></route>")).isInstanceOf(Ignored.class);
    assertThat(message("<message from='a@b'><body xmlns='urn:x'>no</body></message>").body())
        .isNull();
  }

  @Test
  void b9_theXmlStandsAlone() {
    assertThat(
            message("<message xmlns='jabber:client' from='a@b'><body>x &lt;</body></message>")
                .xml())
        .hasToString("<message from='a@b'><body>x &lt;</body></message>");
    assertThat(message("<message from='a@b'><stream:x stream:y='1'/></message>").xml())
        .hasToString(
            "<message from='a@b'><x xmlns='http://etherx.jabber.org/streams'"
                + " xmlns:a1='http://etherx.jabber.org/streams' a1:y='1'/></message>");
    String forwarded =
        "<message from='a@b'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'>"
            + "<body>inner</body></message></forwarded></message>";
    assertThat(message(forwarded).xml()).hasToString(forwarded);
    assertThat(message(forwarded).body()).isNull();
    String prefixed = "<message from='a@b'><x:y xmlns:x='urn:x' x:z='&quot;'/></message>";
    assertThat(message(prefixed).xml()).hasToString(prefixed);
  }

  @Test
  void b10_languageOfElementElseStanzaElseStream() {
    assertThat(message("<message from='a@b'/>").lang()).isEqualTo("en");
    assertThat(message("<message from='a@b' xml:lang='fr'/>").lang()).isEqualTo("fr");
  }

  @Test
  void b11_allPiecesOfTextAreJoined() {
    assertThat(
            message(
                    "<message from='a@b'><body>a<![CDATA[<b>&amp;]]]]>c&gt;<x xmlns='u'>no</x>d</body></message>")
                .body())
        .isEqualTo("a<b>&amp;]]c>d");
  }

  @Test
  void b12_lineEndsAreNormalised() {
    assertThat(message("<message from='a@b'><body>a\r\nb\rc&#13;</body></message>").body())
        .isEqualTo("a\nb\nc\r");
    assertThat(stanza("<message from='a@b' id='x\ny&#10;'/>").id()).isEqualTo("x y\n");
  }
}
