package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import io.stanzahook.xml.XmlWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a bot of mod_rest's finds where a stanza lacks something, and what may lack in its reply.
 */
class AsModRestTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='c' type='t'/></query></iq> | disco | {'identities':[{'category':'c','type':'t'}],'features':[]}",
        "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='f'/></query></iq> | disco | {'identities':[],'features':['f']}",
        "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='f'/><x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>u</value></field><field var='l' type='text-multi'><value>a</value><value>b</value></field></x></query></iq> | disco | {'identities':[],'features':['f'],'extensions':{'u':{'l':'a\\nb'}}}",
        "<iq type='error'><error type='wait'/></iq> | error | {'type':'wait','condition':'undefined-condition'}",
        "<iq type='error'><error type='auth'><payment-required xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq> | error | {'type':'auth','condition':'payment-required'}",
        "<message type='error'><body>x</body></message> | error | {'condition':'undefined-condition'}",
        "<message><x xmlns='jabber:x:data' type='cancel'/></message> | dataform | {'type':'cancel','fields':[]}",
        "<message><x xmlns='jabber:x:data'><field type='text-multi' var='v'/><field type='list-single' var='w'/></x></message> | dataform | {'fields':[{'var':'v','type':'text-multi','value':''},{'var':'w','type':'list-single','options':[]}]}",
        "<message><reference xmlns='urn:xmpp:reference:0' begin='1'/></message> | reference | {'begin':1}",
      })
  void reads(String xml, String property, String json) throws Exception {
    ObjectNode read =
        StanzaMapping.toJson(ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.INBOUND)));
    assertThat(JSON.readTree(read.get(property).toString()))
        .isEqualTo(JSON.readTree(json.replace('\'', '"')));
    // And it can be said again.
    read.put("nick", "n");
    XmlElement back = StanzaMapping.toStanza(read, StanzaKind.MESSAGE, new ArrayList<>());
    assertThat(StanzaMapping.toJson(back).get("nick").asString()).isEqualTo("n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'body':'x','reference':{'type':'data'}} | <message><body>x</body></message> | property 'reference' needs 'uri'",
        "{'body':'x','dataform':{'type':'form','fields':[{'var':'a','type':'list-single','options':[{'label':'L'},{'value':'v'}]}]}} | <message><body>x</body><x xmlns='jabber:x:data' type='form'><field var='a' type='list-single'><option><value>v</value></option></field></x></message> | property 'dataform.fields[0].options[0]' needs 'value'",
        "{'body':'x','state':'dancing','nick':'n'} | <message><body>x</body><nick xmlns='http://jabber.org/protocol/nick'>n</nick></message> | property 'state' must be one of",
        "{'type':'result','kind':'iq','disco':{'identities':[{'type':'t'}],'features':['f']}} | <iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='f'/></query></iq> | property 'disco.identities[0]' needs 'category'",
        "{'kind':'iq','error':{'condition':'odd','type':'odd'}} | <iq type='error'><error type='cancel'><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq> | property 'error.condition' must be one of",
      })
  void aReplyIsNotLostOverAPart(String json, String xml, String why) throws Exception {
    List<String> broken = new ArrayList<>();
    XmlElement stanza = StanzaMapping.toStanza(object(json), StanzaKind.MESSAGE, broken);

    assertThat(written(stanza)).isEqualTo(xml);
    assertThat(broken).singleElement().asString().startsWith(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'error'} | <message type='error'><error type='cancel'><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
        "{'type':'error','error':null,'body':'b'} | <message type='error'><body>b</body><error type='cancel'><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
      })
  void anErrorThatSaysNothingIsOneAllTheSame(String json, String xml) throws Exception {
    assertThat(written(StanzaMapping.toStanza(object(json), StanzaKind.MESSAGE, new ArrayList<>())))
        .isEqualTo(xml);
    assertThat(written(StanzaMapping.toStanza(object(json), StanzaKind.MESSAGE))).isEqualTo(xml);
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }

  private static String written(XmlElement stanza) {
    StringBuilder text = new StringBuilder();
    XmlWriter.write(stanza, Namespaces.COMPONENT, text);
    return text.toString();
  }
}
