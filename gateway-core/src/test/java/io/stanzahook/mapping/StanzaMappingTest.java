package io.stanzahook.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class StanzaMappingTest {
  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'body':3}                             | <message><body>3</body></message>",
        "{'body':null,'subject':'x'}            | <message><subject>x</subject></message>",
        "{'thread':'t'}                         | <message><thread>t</thread></message>",
        "{'type':'groupchat'}                   | <message type='groupchat'/>",
        "{'kind':'presence','type':'available'} | <presence/>",
        "{'show':'away'}                        | <presence><show>away</show></presence>",
        "{'join':true}                          | <presence><x xmlns='http://jabber.org/protocol/muc'/></presence>",
        "{'type':'subscribe'}                   | <presence type='subscribe'/>",
        "{'ping':true}                          | <iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
        "{'version':true}                       | <iq type='get'><query xmlns='jabber:iq:version'/></iq>",
        "{'version':{}}                         | <iq type='get'><query xmlns='jabber:iq:version'/></iq>",
        "{'disco':''}                           | <iq type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "{'items':{'node':'n'}}                 | <iq type='get'><query xmlns='http://jabber.org/protocol/disco#items' node='n'/></iq>",
        "{'command':'c'}                        | <iq type='set'><command xmlns='http://jabber.org/protocol/commands' node='c'/></iq>",
        "{'type':'result','version':{'name':'x'}} | <iq type='result'><query xmlns='jabber:iq:version'><name>x</name></query></iq>",
        "{'kind':'iq','oob':{'url':'u'}}        | <iq type='get'><query xmlns='jabber:iq:oob'><url>u</url></query></iq>",
        "{'oob_url':'u'}                        | <message><x xmlns='jabber:x:oob'><url>u</url></x></message>",
        "{'kind':'iq','error':{'condition':'gone'}} | <iq type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      })
  void takesShortForms(String json, String xml) throws Exception {
    assertThat(written(json)).isEqualTo(xml);
  }

  @Test
  void asksAnArchiveInShort() throws Exception {
    assertThat(written("{'archive':{'with':'a@b','max':'5','ids':'x,y'}}"))
        .startsWith("<iq type='set'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='")
        .contains("<field var='with'><value>a@b</value></field>")
        .contains("<field var='ids'><value>x</value><value>y</value></field>")
        .contains("<max>5</max>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'body':[]}             | property 'body' must be text, but is an array",
        "{'bdy':'x'}             | property 'bdy' is not known",
        "{'kind':'presence','body':'x'} | property 'body' is for kind 'message', not 'presence'",
        "{'kind':'mesage'}       | property 'kind' must be one of message, presence, iq",
        "{'kind':7}              | property 'kind' must be text, but is a number",
        "{'priority':200}        | property 'priority' must be a whole number from -128 to 127, but is a number",
        "{'thread':{'parent':1}} | property 'thread' needs 'id'",
        "{'thread':{'id':'t','parent':{}}} | property 'thread.parent' must be text, but is an object",
        "{'thread':{'id':'t','x':1}} | property 'thread.x' is not known",
        "{'stanza_ids':[{'id':'a','by':'b'},{'id':'a'}]} | property 'stanza_ids[1]' needs 'by'",
        "{'state':'happy'}       | property 'state' must be one of active, inactive, gone, composing, paused",
        "{'markable':1}          | property 'markable' must be true, but is a number",
        "{'invite':'x'}          | property 'invite' must be an object, but is text",
        "{'html':'<p>'}          | property 'html' cannot be sent: not well-formed XML",
        "{'html':'<p/>'}         | property 'html' must be one <body> element",
        "{'dataform':{'fields':[{'type':'x'}]}} | property 'dataform.fields[0].type' must be one of boolean",
        "{'type':'chat','error':{}} | property 'type' must be 'error' if there is an " + "'error'",
        "{'error':{'condition':'bad'}} | property 'error.condition' must be one of bad-request",
        "{'command':{}}          | property 'command' needs 'node'",
        "{'upload_request':{'filename':'x','size':'big'}} | property 'upload_request.size' must be a whole number",
        "{'archive':{'with':'a','form':{}}} | property 'archive' has both a form and "
            + "the properties that would make one",
      })
  void saysWhichPropertyIsWrongAndWhy(String json, String message) {
    assertThatThrownBy(() -> written(json))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aNameFromOutsideStaysOnOneShortLine() {
    assertThatThrownBy(() -> written("{'a\\n" + "b".repeat(200) + "':1}"))
        .hasMessageMatching("property 'a\\?b{58}\\.\\.\\.' is not known");
  }

  @Test
  void leavesAsideWhatItDoesNotKnowWhereAskedTo() throws Exception {
    ObjectNode json = object("{'body':'x','colour':'blue','thread':{'id':'t','more':1}}");
    assertThat(write(StanzaMapping.toStanza(json, StanzaKind.MESSAGE, new ArrayList<>())))
        .isEqualTo("<message><body>x</body><thread>t</thread></message>");
  }

  @Test
  void theDefaultKindIsThatOfWhoAsks() throws Exception {
    ObjectNode json = object("{'nick':'x'}");
    for (StanzaKind kind : StanzaKind.values()) {
      assertThat(StanzaMapping.toStanza(json, kind).name()).isEqualTo(kind.elementName());
    }
  }

  private static String written(String json) throws MappingException {
    return write(StanzaMapping.toStanza(object(json), StanzaKind.MESSAGE));
  }

  private static String write(XmlElement stanza) {
    StringBuilder text = new StringBuilder();
    XmlWriter.write(stanza, Namespaces.COMPONENT, text);
    return text.toString();
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }
}
