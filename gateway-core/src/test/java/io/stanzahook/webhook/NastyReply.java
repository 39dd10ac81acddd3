package io.stanzahook.webhook;

import io.stanzahook.webhook.DroppedReply.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A webhook's answer to a chat message that could make a server end the component's stream, and
 * what becomes of it. Unit tests judge what would be written; tests with real servers, whether the
 * stream stays.
 *
 * @param contentType the response's
 * @param body the response's
 * @param dropped why it is not sent; null where it is sent
 * @param comesBack whether the stanza sent is for the one who wrote the message, and the server
 *     lets it through
 */
public record NastyReply(
    String name, String contentType, String body, @Nullable Reason dropped, boolean comesBack) {
  /** The largest response in the list, in bytes. */
  public static final int MAX_RESPONSE = 2 * 1024 * 1024;

  private static final JsonMapper JSON = new JsonMapper();

  /** A mebibyte is more than any server takes of a component by default. */
  private static final int LARGEST = ReplyRules.MAX_STANZA_BYTES;

  /**
   * All.
   *
   * @param domain the component's
   */
  public static List<NastyReply> all(String domain) {
    Collection list = new Collection();
    texts(list);
    sizes(list);
    addresses(list, domain);
    namespaces(list);
    documents(list);
    kinds(list);
    return List.copyOf(list.replies);
  }

  private static void texts(Collection list) {
    for (String escape :
        List.of("\\u0000", "\\u0001", "\\u001f", "\\ud83d", "\\ude00", "\\ufffe", "\\uffff")) {
      list.sent("body with JSON " + escape, "{\"body\":\"a" + escape + "b\"}");
      list.sent("id with JSON " + escape, "{\"body\":\"x\",\"id\":\"a" + escape + "b\"}");
      list.sent("subject with JSON " + escape, "{\"body\":\"x\",\"subject\":\"" + escape + "\"}");
      list.dropped(
          Reason.INVALID,
          "type with JSON " + escape,
          "{\"body\":\"x\",\"type\":\"a" + escape + "\"}");
      list.dropped(
          Reason.INVALID,
          "to with JSON " + escape,
          "{\"body\":\"x\",\"to\":\"a" + escape + "@b\"}");
      list.dropped(
          Reason.BAD_STANZA,
          "stanza with JSON " + escape,
          "{\"stanza\":\"<message><body>" + escape + "</body></message>\"}");
    }
    for (String reference :
        List.of("&#0;", "&#1;", "&#xD83D;", "&#xFFFE;", "&#xFFFF;", "&#x110000;")) {
      list.stanza(Reason.BAD_STANZA, "<message><body>" + reference + "</body></message>");
      list.stanza(Reason.BAD_STANZA, "<message a='" + reference + "'/>");
    }
    list.dropped(Reason.UNREADABLE, "raw control character", "{\"body\":\"a\u0001b\"}");
    list.sent("end tags in a body", "{\"body\":\"</body></message></stream:stream>\"}");
    list.sent("]]> in a body", "{\"body\":\"]]>\"}");
    list.sent("a CDATA section in a body", "{\"body\":\"<![CDATA[ ]]> &amp; &#0;\"}");
    list.sent("U+FEFF, U+007F, U+0085, U+2028", "{\"body\":\"\\ufeff\\u007f\\u0085\\u2028\"}");
    list.sent(
        "CR, LF, TAB",
        "{\"body\":\"\\r\\n\\t\",\"subject\":\"\\r\\n\\t\",\"thread\":\"\\r\\n\\t\"}");
    list.sent("CR, LF, TAB in an id", "{\"body\":\"x\",\"id\":\"a\\r\\n\\tb\"}");
    list.sent(
        "the empty string everywhere",
        "{\"body\":\"\",\"subject\":\"\",\"thread\":\"\",\"id\":\"\"}");
    list.sent("an id of quotes", "{\"body\":\"x\",\"id\":\"'\\\"<>&\"}");
    list.sent(
        "an id of 10,000 characters", "{\"body\":\"x\",\"id\":\"" + "i".repeat(10_000) + "\"}");
    list.stanza(null, "<message><body>&#13;&#10;&#9;&#x1F600;&#x85;</body></message>");
    list.stanza(Reason.BAD_STANZA, "<message><body>]]></body></message>");
    list.stanza(null, "<message><body><![CDATA[</body>]]]]><![CDATA[>]]></body></message>");
  }

  private static void sizes(Collection list) {
    for (int depth : new int[] {64, 65, 5000}) {
      list.stanza(
          depth <= 64 ? null : Reason.BAD_STANZA,
          "<message>" + "<a>".repeat(depth - 1) + "</a>".repeat(depth - 1) + "</message>");
      list.stanza(
          depth <= 64 ? null : Reason.BAD_STANZA,
          "<message>"
              + "<a xmlns='urn:x'><b xmlns='urn:y'>".repeat((depth - 1) / 2)
              + "</b></a>".repeat((depth - 1) / 2)
              + (depth % 2 == 0 ? "<c/>" : "<c><d/></c>")
              + "</message>");
    }
    // The namespace declaration beside them counts too.
    for (int count : new int[] {200, 255, 256}) {
      StringBuilder plain = new StringBuilder();
      StringBuilder prefixed = new StringBuilder();
      for (int i = 0; i < count; i++) {
        plain.append(" a").append(i).append("=''");
        prefixed.append(" p:a").append(i).append("=''");
      }
      Reason reason = count < 256 ? null : Reason.BAD_STANZA;
      list.stanza(reason, "<message><x xmlns='urn:x'" + plain + "/></message>");
      list.stanza(
          count < 256 ? null : Reason.BAD_STANZA,
          "<message><x xmlns:p='urn:p'" + prefixed + "/></message>");
    }
    list.stanza(null, "<message>" + "<a/>".repeat(9_999) + "</message>");
    list.stanza(Reason.BAD_STANZA, "<message>" + "<a/>".repeat(10_000) + "</message>");
    list.sent("half the most a stanza may have", body("x", LARGEST / 2));
    list.sent("nearly the most a stanza may have", body("x", LARGEST - 400));
    list.sent("the most, by escaping", body("'", LARGEST / 6 - 80));
    list.sent("the most, by replacement", body("\u0001", LARGEST / 3 - 150));
    list.dropped(Reason.TOO_LARGE, "more than a stanza may have", body("x", LARGEST));
    list.dropped(Reason.TOO_LARGE, "too much by escaping", body("'", LARGEST / 6 + 1));
    list.dropped(Reason.TOO_LARGE, "too much by replacement", body("\u0001", LARGEST / 3 + 1));
    list.stanza(
        Reason.TOO_LARGE,
        "<message xmlns:p='" + "u".repeat(100_000) + "'>" + "<p:a/>".repeat(100) + "</message>");
    list.stanza(null, "<message><" + "n".repeat(20_000) + " xmlns='urn:x'/></message>");
    list.stanza(null, "<message><a xmlns='urn:x' b='" + "v".repeat(200_000) + "'/></message>");
  }

  private static String body(String text, int count) {
    return JSON.createObjectNode().put("body", text.repeat(count)).toString();
  }

  private static void addresses(Collection list, String domain) {
    for (String from :
        List.of(
            "a@elsewhere.example", "elsewhere.example", "a@sub." + domain, domain + ".example")) {
      list.dropped(
          Reason.FOREIGN_FROM, "from " + from, "{\"body\":\"x\",\"from\":\"" + from + "\"}");
      list.stanza(Reason.FOREIGN_FROM, "<message from='" + from + "'><body>x</body></message>");
    }
    String long1023 = "l".repeat(1023);
    for (String to :
        List.of(
            "",
            "@",
            "/",
            "a@",
            "@b",
            "a@/c",
            "a@b/",
            "a b@c",
            "a@b c",
            "a@b@c",
            "a\\u0009@b",
            "a@b/c\\nd",
            "a<b@c",
            "a&b@c",
            "a'b@c",
            "a@b:5222",
            "a@b\\u00a0c",
            "a@localhost/\\u0000",
            "a@localhost/\\ufffe",
            long1023 + "l@localhost",
            "a@" + long1023 + "l",
            "a@b/" + long1023 + "l")) {
      list.dropped(Reason.INVALID, "to " + to, "{\"body\":\"x\",\"to\":\"" + to + "\"}");
    }
    for (String to :
        List.of(
            "nobody@localhost",
            long1023 + "@localhost",
            "a@" + long1023,
            "a@localhost/" + long1023,
            "a@-",
            "a@..",
            "a@b..c",
            "a@[::1]",
            "a@xn--",
            "a@xn--a",
            "\\u00e9@localhost",
            "\\u0130@localhost",
            "\\u212a@localhost",
            "\\u0378@localhost",
            "a\\u200b@localhost",
            "a\\u00ad@localhost",
            "\\u05d0a@localhost",
            "\\ue000@localhost",
            "a@localhost/\\u0378",
            "a@localhost/\\u200b",
            "a@localhost/\\u05d0a",
            "a@localhost/\\ue000",
            "a@\\u00e9",
            "a@\\u0378",
            "\\ud83d\\ude00@localhost",
            "a@localhost/\\ud83d\\ude00",
            "a@localhost/ x ",
            "a\\\\20b@localhost",
            "localhost",
            "localhost/x",
            domain,
            "a@" + domain,
            "a@nowhere.example",
            "a@localhost.",
            "rooms.localhost",
            "a@rooms.localhost/x")) {
      list.sentElsewhere("to " + to, "{\"body\":\"x\",\"to\":\"" + to + "\"}");
      list.sentElsewhere(
          "presence to " + to,
          "{\"kind\":\"presence\",\"type\":\"subscribe\",\"to\":\"" + to + "\"}");
    }
    for (String from :
        List.of("\\u0378", "a\\u200b", "\\ue000", "\\u05d0a", "\\u0130", "\\u212a", long1023)) {
      list.sentElsewhere(
          "from " + from, "{\"body\":\"x\",\"from\":\"" + from + "@" + domain + "\"}");
      list.sentElsewhere(
          "from resource " + from, "{\"body\":\"x\",\"from\":\"a@" + domain + "/" + from + "\"}");
    }
  }

  private static void namespaces(Collection list) {
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

  private static void documents(Collection list) {
    for (String xml :
        List.of(
            "<message><body>never closed</message>",
            "<message><body>never closed",
            "<message/><message/>",
            "<message/>text",
            "text<message/>",
            "<message/></stream:stream>",
            "</stream:stream>",
            "<!-- c --><message/>",
            "<message><!-- c --></message>",
            "<message/><!-- c -->",
            "<?pi?><message/>",
            "<message><?pi?></message>",
            "<!DOCTYPE message><message/>",
            "<!DOCTYPE m [<!ENTITY e 'x'>]><message><body>&e;</body></message>",
            "<message>&nbsp;</message>",
            "<message>&</message>",
            "<message a='<'/>",
            "<message a=1/>",
            "<message a/>",
            "<message a='1' a='2'/>",
            "<message xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>",
            "<1/>",
            "<message><-x/></message>",
            "<message><\u0301/></message>",
            "<message><a\u00d7/></message>",
            "<message><\ud83d\ude00/></message>",
            "<?xml version='1.0' encoding='UTF-16'?>",
            "plain text",
            "<",
            "")) {
      list.stanza(Reason.BAD_STANZA, xml);
    }
    list.stanza(null, "<?xml version='1.0'?>\n<message>\n  <body>x</body>\n</message>\n");
    list.stanza(null, "\ufeff<message/>");
    list.stanza(null, "<message>loose<body>x</body>text</message>");
    list.add(
        "XML in two roots",
        "application/xmpp+xml",
        "<message/><presence/>",
        Reason.BAD_STANZA,
        false);
    list.add(
        "XML with U+0001",
        "application/xmpp+xml",
        "<message>\u0001</message>",
        Reason.BAD_STANZA,
        false);
    list.add("text with U+0000", "text/plain", "a\u0000b", null, true);
    list.dropped(Reason.UNREADABLE, "a number", "42");
    list.dropped(Reason.UNREADABLE, "two values", "{\"body\":\"x\"}{\"body\":\"y\"}");
    list.dropped(Reason.UNREADABLE, "deep JSON", "[".repeat(5000));
    list.dropped(Reason.INVALID, "a stanza that is a number", "{\"stanza\":42}");
    list.dropped(Reason.INVALID, "a body that is an object", "{\"body\":{}}");
  }

  private static void kinds(Collection list) {
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
          stanza("<message type='" + type + "'><body>x</body></message>"));
      list.sentElsewhere("a presence of type " + type, stanza("<presence type='" + type + "'/>"));
    }
    for (String lang : List.of("", "!", "x".repeat(2000), "&#10;", "\u00e9", "de_DE")) {
      list.sentElsewhere(
          "xml:lang " + lang,
          stanza(
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
          "a presence with " + presence, stanza("<presence>" + presence + "</presence>"));
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
      list.sentElsewhere("a message with " + message, stanza("<message>" + message + "</message>"));
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
              stanza("<iq type='" + type + "' id='&#10;'" + to + ">" + iq + "</iq>"));
        }
      }
    }
  }

  private static String stanza(String xml) {
    return JSON.createObjectNode().put("stanza", xml).toString();
  }

  /** Collects them. */
  private static final class Collection {
    private final List<NastyReply> replies = new ArrayList<>();

    void add(
        String name, String contentType, String body, @Nullable Reason dropped, boolean comesBack) {
      String shown = name.length() > 80 ? name.substring(0, 80) + "..." : name;
      replies.add(new NastyReply(shown, contentType, body, dropped, comesBack));
    }

    void sent(String name, String json) {
      add(name, "application/json", json, null, true);
    }

    /** To somebody else, or in a way that the server may keep from the client. */
    void sentElsewhere(String name, String json) {
      add(name, "application/json", json, null, false);
    }

    void dropped(Reason reason, String name, String json) {
      add(name, "application/json", json, reason, false);
    }

    void stanza(@Nullable Reason dropped, String xml) {
      add("stanza " + xml, "application/json", NastyReply.stanza(xml), dropped, dropped == null);
    }
  }

  @Override
  public String toString() {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
