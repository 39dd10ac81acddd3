package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.mapping.MappedProperty;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stanza for each payload that the mapping knows, of the shape that its specification shows: sent
 * to a webhook in each format, answered with what came, and read again.
 */
class PayloadShapesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ADDRESSES =
      " from='ann@example.org/phone' to='bot@gw.example' id='q1'";
  private static final String FORM =
      "<x xmlns='jabber:x:data' type='form'><title>Order</title><instructions>Please</instructions>"
          + "<field var='FORM_TYPE' type='hidden'><value>urn:example:order</value></field>"
          + "<field var='drink' type='list-single' label='Drink'><desc>Hot</desc><required/>"
          + "<value>tea</value><option label='Tea'><value>tea</value></option></field>"
          + "<field var='extras' type='list-multi'><value>milk</value><value>lemon</value></field>"
          + "<field var='notes' type='text-multi'><value>one</value><value>two</value></field>"
          + "<field var='who' type='jid-multi'><value>a@b</value></field></x>";
  private static final String SET =
      "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><first index='0'>a</first>"
          + "<last>b</last><count>2</count><after>b</after><before/></set>";
  private static final String FORWARDED =
      "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>"
          + "<message xmlns='jabber:client' from='x@y/z' to='a@b' type='chat'><body>then</body></message></forwarded>";

  private static final List<String> MESSAGES =
      List.of(
          "<subject>Plans</subject><body>Shall we?</body><thread parent='t0'>t1</thread>",
          "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
          "<body>b</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>b <em>c</em></p></body></html>",
          "<body>https://h/p.png</body><x xmlns='jabber:x:oob'><url>https://h/p.png</url><desc>A cat</desc></x>",
          "<body>But soft</body><replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
          "<displayed xmlns='urn:xmpp:chat-markers:0' id='m0'/>",
          "<body>b</body><markable xmlns='urn:xmpp:chat-markers:0'/>",
          "<body>secret</body><encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/><fallback xmlns='urn:xmpp:fallback:0'/>",
          "<body>Look</body>" + FORWARDED,
          "<x xmlns='jabber:x:conference' jid='cave@muc.example' password='p' reason='Come' continue='true' thread='t'/>",
          "<body>b</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/>",
          "<reactions xmlns='urn:xmpp:reactions:0' id='m0'><reaction>\ud83d\udc4b</reaction><reaction>\ud83d\udc22</reaction></reactions>",
          "<reactions xmlns='urn:xmpp:reactions:0' id='m0'/>",
          "<body>@ann</body><reference xmlns='urn:xmpp:reference:0' begin='0' end='4' type='mention' uri='xmpp:ann@example.org'/>",
          "<body>Yes</body><reply xmlns='urn:xmpp:reply:0' to='ann@example.org' id='m0'/>",
          "<body>b</body><stanza-id xmlns='urn:xmpp:sid:0' id='s1' by='room@muc'/><stanza-id xmlns='urn:xmpp:sid:0' id='s2' by='ann@example.org'/>",
          "<body>b</body><attach-to xmlns='urn:xmpp:message-attaching:1' id='m0'/>",
          "<result xmlns='urn:xmpp:mam:2' queryid='f27' id='28482'>" + FORWARDED + "</result>",
          "<body>b</body><nick xmlns='http://jabber.org/protocol/nick'>Ann</nick><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>",
          "<payload xmlns='urn:xmpp:json-msg:0' datatype='urn:example:order'><json xmlns='urn:xmpp:json:0'>{\"a\":[1,true]}</json></payload>",
          FORM);
  private static final List<String> PRESENCES =
      List.of(
          "<show>xa</show><status>Back soon</status><priority>-1</priority>",
          "<x xmlns='http://jabber.org/protocol/muc'><history maxchars='0' maxstanzas='5' seconds='60' since='2026-01-02T03:04:05Z'/></x>",
          "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://c.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>",
          "<idle xmlns='urn:xmpp:idle:1' since='2026-01-02T03:04:05Z'/>",
          "<x xmlns='vcard-temp:x:update'><photo>0a1b</photo></x>");
  private static final List<String> GETS =
      List.of(
          "<ping xmlns='urn:xmpp:ping'/>",
          "<query xmlns='jabber:iq:version'/>",
          "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>",
          "<query xmlns='http://jabber.org/protocol/disco#items'/>",
          "<services xmlns='urn:xmpp:extdisco:2' type='turn'/>",
          "<query xmlns='jabber:iq:last'/>",
          "<query xmlns='http://jabber.org/protocol/stats'/>",
          "<request xmlns='urn:xmpp:http:upload:0' filename='a b.png' size='23456' content-type='image/png'/>",
          "<blocklist xmlns='urn:xmpp:blocking'/>");
  private static final List<String> SETS =
      List.of(
          "<command xmlns='http://jabber.org/protocol/commands' node='list' action='execute'/>",
          "<query xmlns='urn:xmpp:mam:2' queryid='f27'>" + FORM + "</query>",
          "<query xmlns='jabber:iq:oob'><url>https://h/f</url><desc>A file</desc></query>",
          "<query xmlns='jabber:iq:register'><username>bill</username><password>p</password></query>",
          "<query xmlns='jabber:iq:register'><remove/></query>",
          "<block xmlns='urn:xmpp:blocking'><item jid='a@b'/></block>");
  private static final List<String> RESULTS =
      List.of(
          "",
          "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7</version><os>W</os></query>",
          "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='Play'/><feature var='urn:a'/></query>",
          "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:a'/></query>",
          "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='bot'/></query>",
          "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='p.example' name='P'/><item jid='q.example' node='n'/></query>",
          "<command xmlns='http://jabber.org/protocol/commands' node='list' sessionid='s' status='executing'><actions execute='next'><prev/><next/></actions><note type='info'>Good</note>"
              + FORM
              + "</command>",
          "<fin xmlns='urn:xmpp:mam:2'>" + SET + "</fin>",
          "<services xmlns='urn:xmpp:extdisco:2'><service type='turn' host='t.example' port='3478' transport='udp' username='u' password='p' restricted='true' expires='2026-01-02T03:04:05Z' name='T'/></services>",
          "<query xmlns='jabber:iq:gateway'><desc>Enter it</desc><prompt>Name</prompt></query>",
          "<query xmlns='jabber:iq:last' seconds='903'>Heading home</query>",
          "<query xmlns='http://jabber.org/protocol/stats'><stat name='time/uptime' units='seconds' value='3054635'/></query>",
          "<slot xmlns='urn:xmpp:http:upload:0'><put url='https://u/1'><header name='Cookie'>foo=bar</header></put><get url='https://d/1'/></slot>",
          "<blocklist xmlns='urn:xmpp:blocking'><item jid='a@b'/><item jid='c.d'/></blocklist>",
          SET);

  private static List<Stanza> all() {
    List<Stanza> all = new ArrayList<>();
    MESSAGES.forEach(c -> all.add(stanza("message", " type='chat'", c)));
    PRESENCES.forEach(c -> all.add(stanza("presence", "", c)));
    GETS.forEach(c -> all.add(stanza("iq", " type='get'", c)));
    SETS.forEach(c -> all.add(stanza("iq", " type='set'", c)));
    RESULTS.forEach(c -> all.add(stanza("iq", " type='result'", c)));
    String error =
        "<error type='modify' by='gw.example'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No.</text></error>";
    for (String kind : List.of("message", "presence", "iq")) {
      all.add(stanza(kind, " type='error'", error));
    }
    return all;
  }

  private static Stanza stanza(String kind, String type, String content) {
    return Stanzas.of("<" + kind + ADDRESSES + type + ">" + content + "</" + kind + ">");
  }

  static Stream<Stanza> stanzas() {
    return all().stream();
  }

  @Test
  void thereIsOneForEachPayload() throws Exception {
    Set<String> seen = new TreeSet<>();
    for (Stanza stanza : all()) {
      StanzaMapping.toJson(stanza.xml().parse(XmlLimits.INBOUND))
          .propertyNames()
          .forEach(name -> seen.add(stanza.kind() + " " + name));
    }
    Set<String> known = new TreeSet<>();
    for (MappedProperty row : StanzaMapping.properties()) {
      // What every kind may have is the same in each.
      for (StanzaKind kind : row.kinds().size() > 1 ? Set.of(StanzaKind.MESSAGE) : row.kinds()) {
        known.add(kind + " " + row.property().name());
      }
    }
    known.removeAll(Set.of("MESSAGE lang", "MESSAGE rsm", "MESSAGE error"));
    known.remove("MESSAGE type");
    assertThat(seen).containsAll(known);
  }

  @ParameterizedTest
  @MethodSource("stanzas")
  void theDefaultFormatBringsItAndTakesItBack(Stanza stanza) throws Exception {
    JsonNode request = JSON.readTree(text(new RequestJson(), stanza));
    assertThat(request.path("stanza").asString()).isEqualTo(stanza.xml().toString());
    assertComesBack(
        stanza,
        PostFormat.JSON,
        "application/json",
        JSON.writeValueAsString(Map.of("stanza", request.path("stanza").asString())));
  }

  @ParameterizedTest
  @MethodSource("stanzas")
  void xmlBringsItAndTakesItBack(Stanza stanza) throws Exception {
    assertComesBack(stanza, PostFormat.XML, "application/xmpp+xml", stanza.xml().toString());
  }

  @ParameterizedTest
  @MethodSource("stanzas")
  void restJsonBringsItAndTakesItBack(Stanza stanza) throws Exception {
    assertComesBack(
        stanza, PostFormat.REST_JSON, "application/json", text(new RestRequest(), stanza));
  }

  /** As the answer to a message, or for an iq's answer to an iq, its content is what it was. */
  private static void assertComesBack(Stanza stanza, PostFormat format, String type, String body)
      throws Exception {
    WebhookResult.Answered answered = answer(stanza, format, type, body);
    assertThat(answered.dropped()).isEmpty();
    assertThat(answered.replies())
        .singleElement()
        .satisfies(
            reply ->
                assertThat(shape(reply.element()))
                    .isEqualTo(shape(stanza.xml().parse(XmlLimits.INBOUND))));
  }

  private static WebhookResult.Answered answer(
      Stanza stanza, PostFormat format, String type, String body) throws Exception {
    // Echoed as it is it would be a foreign sender's: it goes back instead.
    String turned =
        body.replace("ann@example.org/phone", "##")
            .replace("bot@gw.example", "ann@example.org/phone")
            .replace("##", "bot@gw.example");
    byte[] bytes = turned.getBytes(StandardCharsets.UTF_8);
    boolean answer =
        stanza.kind() == StanzaKind.IQ && !Set.of("get", "set").contains(stanza.type());
    Stanza asked =
        answer
            ? Stanzas.of("<iq" + ADDRESSES + " type='get'><q xmlns='urn:q'/></iq>")
            : Stanzas.of("<message" + ADDRESSES + " type='chat'><body>x</body></message>");
    return new ReplyRules("gw.example")
        .answered(
            asked, 200, new ReplyReader(1_000_000, 10, format).read(type, bytes, bytes.length));
  }

  @Property(tries = 2000)
  void noReplyIsLostOverABrokenPartOfWhatWasRead(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<Stanza> all = all();
    XmlElement whole = all.get(random.nextInt(all.size())).xml().parse(XmlLimits.INBOUND);
    XmlElement.Builder broken = XmlElement.builder(whole.namespace(), whole.name());
    whole.attributes().forEach(a -> broken.attribute(a.namespace(), a.name(), a.value()));
    whole.elements().forEach(child -> broken.child(damaged(child, random)));
    ObjectNode json = StanzaMapping.toJson(broken.build());
    json.put("nick", "what is left");

    List<String> parts = new ArrayList<>();
    XmlElement written = StanzaMapping.toStanza(json, StanzaKind.MESSAGE, parts);

    assertThat(StanzaMapping.toJson(written).get("nick").asString()).isEqualTo("what is left");
    // Once what is broken was left aside, nothing is.
    List<String> again = new ArrayList<>();
    assertThat(StanzaMapping.toStanza(StanzaMapping.toJson(written), StanzaKind.MESSAGE, again))
        .isEqualTo(written);
    assertThat(again).isEmpty();
  }

  /** Without some of its attributes, children and text. */
  private static XmlElement damaged(XmlElement element, Random random) {
    XmlElement.Builder left = XmlElement.builder(element.namespace(), element.name());
    element.attributes().stream()
        .filter(a -> random.nextInt(4) > 0)
        .forEach(a -> left.attribute(a.namespace(), a.name(), a.value()));
    element.elements().stream()
        .filter(child -> random.nextInt(4) > 0)
        .forEach(child -> left.child(damaged(child, random)));
    if (element.elements().isEmpty() && random.nextInt(4) > 0) {
      left.text(random.nextInt(4) > 0 ? element.text() : "odd");
    }
    return left.build();
  }

  private static String text(RequestWriter writer, Stanza stanza) {
    ByteBuf buffer = writer.write(stanza, UnpooledByteBufAllocator.DEFAULT);
    try {
      return buffer.toString(StandardCharsets.UTF_8);
    } finally {
      buffer.release();
    }
  }

  /** The content, where neither attributes nor elements of different names have an order. */
  private static Object shape(XmlElement element) {
    boolean stanza = StanzaKind.ofElement(element.name()) != null;
    Map<String, Object> shape = new TreeMap<>();
    element.attributes().stream()
        .filter(a -> !stanza || element.namespace().equals(Namespaces.CLIENT))
        .forEach(a -> shape.put("@" + a.name(), a.value()));
    if (element.elements().isEmpty()) {
      shape.put("#", element.text());
    }
    for (XmlElement child : element.elements()) {
      @SuppressWarnings("unchecked")
      List<Object> several =
          (List<Object>)
              shape.computeIfAbsent(
                  "<" + child.namespace() + " " + child.name(), name -> new ArrayList<>());
      several.add(shape(child));
    }
    return shape;
  }
}
