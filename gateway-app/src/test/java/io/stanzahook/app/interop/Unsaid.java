package io.stanzahook.app.interop;

import java.util.List;

/** What clients send by themselves, in words of XML: nobody says anything in it. */
final class Unsaid {
  private static final String STATES = "http://jabber.org/protocol/chatstates";
  private static final String MARKERS = "urn:xmpp:chat-markers:0";

  /** Contents of messages, each sent by a client that people use. */
  static final List<String> CONTENTS =
      List.of(
          "<composing xmlns='" + STATES + "'/><no-store xmlns='urn:xmpp:hints'/>",
          "<paused xmlns='" + STATES + "'/>",
          "<active xmlns='" + STATES + "'/><thread>t</thread>",
          "<gone xmlns='" + STATES + "'/>",
          "<received xmlns='urn:xmpp:receipts' id='7'/><store xmlns='urn:xmpp:hints'/>",
          "<displayed xmlns='" + MARKERS + "' id='7'/><store xmlns='urn:xmpp:hints'/>",
          "<received xmlns='" + MARKERS + "' id='7'/>",
          "<reactions xmlns='urn:xmpp:reactions:0'"
              + " id='7'><reaction>\ud83d\udc4d</reaction></reactions>",
          "<retract xmlns='urn:xmpp:message-retract:1' id='7'/>",
          "");

  private Unsaid() {}

  /** All of them, from a client to somebody, or to a room. */
  static void say(ChatClient client, String to, String type) {
    for (String content : CONTENTS) {
      client.sendRaw("<message to='%s' type='%s'>%s</message>".formatted(to, type, content));
    }
  }
}
