package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
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
    NastyAddresses.collect(list, domain);
    NastyStanzas.namespaces(list);
    documents(list);
    NastyStanzas.kinds(list);
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
    list.stanza(Reason.BAD_STANZA, "\ufeff<message/>");
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

  static String stanza(String xml) {
    return JSON.createObjectNode().put("stanza", xml).toString();
  }

  /** Collects them. */
  static final class Collection {
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
