package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.NastyReply.Collection;
import java.util.List;

/** The part of the nasty replies that is about namespaces, and about what is in a stanza. */
final class NastyStanzas {
  private NastyStanzas() {}

  static void namespaces(Collection list) {
    for (String namespace :
        List.of("jabber:client", "jabber:server", "jabber:component:accept", "")) {
      list.stanza(null, "<message xmlns='" + namespace + "'><body>x</body></message>");
      list.stanza(
          null,
          "<p:message xmlns:p='"
              + (namespace.isEmpty() ? "jabber:client" : namespace)
              + "'><p:body>x</p:body></p:message>");
      list.stanza(null, "<message><x xmlns='" + namespace + "'><message/></x></message>");
    }
    for (String xml :
        List.of(
            "<message xmlns='urn:other'/>",
            "<message xmlns='http://etherx.jabber.org/streams'/>",
            "<p:message/>",
            "<message p:a='1'/>",
            "<message xmlns:p=''><body>x</body></message>",
            "<message xmlns:xmlns='urn:x'/>",
            "<message xmlns:xml='urn:x'/>",
            "<message xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
            "<message xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            "<message xmlns='http://www.w3.org/2000/xmlns/'/>",
            "<message xmlns='http://www.w3.org/XML/1998/namespace'/>",
            "<xmlns:message/>",
            "<message:/>",
            "<:message/>",
            "<a:b:c/>",
            "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>",
            "<stream:error xmlns:stream='http://etherx.jabber.org/streams'/>",
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'/>",
            "<stream:message xmlns:stream='http://etherx.jabber.org/streams'/>",
            "<handshake/>",
            "<xml:message/>",
            "<message><xml:x/></message>",
            "<message><x xml:any='x'/></message>",
            "<message xml:any='x'/>",
            "<message><x xmlns='urn:x&#10;'/></message>",
            "<message><x xmlns='&#9;'/></message>",
            "<message><x xmlns='urn:x y'/></message>",
            "<message><x xmlns:p='urn:&#13;x' p:a='1'/></message>",
            "<message><x xmlns='urn:x'><xml:x/></x></message>",
            "<Message/>",
            "<iq2/>")) {
      list.stanza(Reason.BAD_STANZA, xml);
    }
    for (String content :
        List.of(
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'/>",
            "<error xmlns='http://etherx.jabber.org/streams'/>",
            "<handshake xmlns='jabber:component:accept'>x</handshake>",
            "<x xml:lang='' xml:space='preserve' xml:id='x' xml:base='x'/>",
            "<x xmlns:a1='urn:a1' a1:a='1' xmlns:a2='urn:a2' a2:a='2'/>",
            "<x xmlns='urn:&lt;&amp;&apos;&quot;'/>",
            "<x xmlns='\u00e9\ud83d\ude00'/>",
            "<\u00e9l\u00e9ment/>",
            "<_/>",
            "<a.b-c_d/>",
            "<xmlx/>",
            "<x \u00e9='1'/>",
            "<error/>",
            "<error type='x'><y/></error>")) {
      list.stanza(null, "<message>" + content + "</message>");
    }
  }

  static void kinds(Collection list) {
    list.dropped(Reason.INVALID, "kind stream", "{\"kind\":\"stream\",\"body\":\"x\"}");
    list.dropped(
        Reason.INVALID, "kind presence with a body", "{\"kind\":\"presence\",\"body\":\"x\"}");
    list.dropped(Reason.INVALID, "an iq to no iq", "{\"kind\":\"iq\",\"type\":\"result\"}");
    list.dropped(Reason.INVALID, "type of a message", "{\"body\":\"x\",\"type\":\"get\"}");
    for (String type :
        List.of(
            "error",
            "unavailable",
            "subscribe",
            "subscribed",
            "unsubscribe",
            "unsubscribed",
            "probe")) {
      list.sentElsewhere("presence " + type, "{\"kind\":\"presence\",\"type\":\"" + type + "\"}");
    }
    list.sent("message error", "{\"type\":\"error\",\"body\":\"x\"}");
    list.sentElsewhere("message groupchat", "{\"type\":\"groupchat\",\"body\":\"x\"}");
    for (String type : List.of("", " ", "CHAT", "get", "x".repeat(2000), "&lt;&apos;&#10;")) {
      list.sentElsewhere(
          "a stanza of type " + type,
          NastyReply.stanza("<message type='" + type + "'><body>x</body></message>"));
      list.sentElsewhere(
          "a presence of type " + type, NastyReply.stanza("<presence type='" + type + "'/>"));
    }
    for (String lang : List.of("", "!", "x".repeat(2000), "&#10;", "\u00e9", "de_DE")) {
      list.sentElsewhere(
          "xml:lang " + lang,
          NastyReply.stanza(
              "<message xml:lang='" + lang + "'><body xml:lang='" + lang + "'>x</body></message>"));
    }
    for (String presence :
        List.of(
            "<show>x</show>",
            "<show/><show/>",
            "<priority>x</priority>",
            "<priority>999</priority>",
            "<priority/>",
            "<status/><status/>",
            "<body>x</body>",
            "<c xmlns='http://jabber.org/protocol/caps'/>",
            "<x xmlns='vcard-temp:x:update'/>")) {
      list.sentElsewhere(
          "a presence with " + presence,
          NastyReply.stanza("<presence>" + presence + "</presence>"));
    }
    for (String message :
        List.of(
            "<body/><body/>",
            "<body><a/></body>",
            "<subject/><subject/>",
            "<thread parent=''/>",
            "<delay xmlns='urn:xmpp:delay' stamp='x'/>",
            "<x xmlns='jabber:x:data' type='x'/>",
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='a@elsewhere'/></forwarded>",
            "<x xmlns='http://jabber.org/protocol/muc#user'><invite to='@'/></x>",
            "<addresses xmlns='http://jabber.org/protocol/address'><address type='x' jid='@'/></addresses>",
            "<private xmlns='urn:xmpp:carbons:2'/>",
            "<stanza-id xmlns='urn:xmpp:sid:0' by='@' id=''/>")) {
      list.sentElsewhere(
          "a message with " + message, NastyReply.stanza("<message>" + message + "</message>"));
    }
    for (String iq :
        List.of(
            "<iq/>",
            "<iq type='get'/>",
            "<iq type='set'/>",
            "<iq type='get'><a/><b/></iq>",
            "<iq type='x'><a/></iq>",
            "<iq type=''><a/></iq>",
            "<iq type='result'/>",
            "<iq type='result'><a/><b/></iq>",
            "<iq type='error'/>")) {
      list.stanza(Reason.BAD_STANZA, iq);
    }
    for (String iq :
        List.of(
            "<a/>",
            "<a xmlns=''/>",
            "<query xmlns='jabber:iq:roster'><item jid='@'/></query>",
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>",
            "<ping xmlns='urn:xmpp:ping'/>",
            "<query xmlns='http://jabber.org/protocol/disco#info' node='&#10;'/>",
            "<vCard xmlns='vcard-temp'><X/></vCard>",
            "<delegate xmlns='urn:xmpp:delegation:1'/>")) {
      for (String to :
          List.of("", " to='localhost'", " to='nobody@localhost'", " to='nobody@localhost/x'")) {
        for (String type : List.of("get", "set")) {
          list.sentElsewhere(
              "iq " + type + to + " " + iq,
              NastyReply.stanza("<iq type='" + type + "' id='&#10;'" + to + ">" + iq + "</iq>"));
        }
      }
    }
  }
}
