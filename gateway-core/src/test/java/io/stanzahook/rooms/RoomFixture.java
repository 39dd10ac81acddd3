package io.stanzahook.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.rooms.RoomFailedException.Reason;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Some rooms, and what they hear of one that a test plays. */
abstract class RoomFixture {
  static final Jid ROOM = Jid.of("ops@rooms.example");
  static final Jid BOT = Jid.of("alerts@gw.example");
  static final Jid SELF = Jid.of("alerts@gw.example/stanzahook");
  static final String MUC_USER = "http://jabber.org/protocol/muc#user";

  final List<OutboundStanza> sent = new ArrayList<>();
  final List<Stanza> echoes = new ArrayList<>();
  final Rooms rooms =
      new Rooms(stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)), echoes::add);
  final List<String> outcomes = new ArrayList<>();

  final void enter() {
    enter(ROOM);
  }

  final void enter(Jid room) {
    say(room, "first");
    rooms.take(presence(room.withResource("alerts"), null, x("<status code='110'/>")));
    heard(room, "first");
    outcomes.clear();
    if (room.equals(ROOM)) {
      sent.subList(0, sent.size() - 1).clear();
    }
  }

  final void heard(Jid room, String id) {
    assertThat(rooms.take(message("groupchat", room.withResource("alerts"), SELF, id, "hello")))
        .isTrue();
  }

  final void say(String id) {
    say(ROOM, id);
  }

  final void say(Jid room, String id) {
    rooms
        .send(message(room, BOT, id), null)
        .subscribe(
            none -> {}, e -> outcomes.add(id + " " + outcome(e)), () -> outcomes.add(id + " sent"));
  }

  static String outcome(Throwable e) {
    assertThat(e).isInstanceOf(RoomFailedException.class).hasMessageNotContaining("\n");
    RoomFailedException failure = (RoomFailedException) e;
    assertThat(failure.error() != null)
        .isEqualTo(failure.reason() == Reason.REFUSED || failure.reason() == Reason.PUT_OUT);
    return failure.error() == null
        ? failure.reason().toString()
        : failure.reason() + " " + failure.error().condition().elementName();
  }

  static OutboundStanza message(Jid room, Jid from, String id) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.MESSAGE, room, from)
            .attribute("type", "groupchat")
            .attribute("id", id)
            .textChild("jabber:component:accept", "body", "hello")
            .build());
  }

  static Presence available(String nick, String words) {
    return presence(ROOM.withResource(nick), null, x(words));
  }

  static Presence unavailable(String nick, String words) {
    return presence(ROOM.withResource(nick), "unavailable", x(words));
  }

  static List<XmlElement> x(String words) {
    return List.of(parsed("<x xmlns='%s'>%s</x>".formatted(MUC_USER, words)));
  }

  static Presence refusal(String type, String condition) {
    return presence(ROOM.withResource("alerts"), "error", List.of(error(type, condition)));
  }

  static XmlElement error(String type, String condition) {
    assertThat(Stream.of(ErrorCondition.values()).map(ErrorCondition::elementName))
        .contains(condition);
    return parsed(
        "<error xmlns='jabber:component:accept' type='%s'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                .formatted(type, condition)
            + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>not\n for you</text></error>");
  }

  static Presence presence(Jid from, @Nullable String type, List<XmlElement> children) {
    return presence(from, SELF, type, children);
  }

  static Presence presence(Jid from, Jid to, @Nullable String type, List<XmlElement> children) {
    return new Presence(
        new StanzaHeader(to, from, null, type, null),
        children.stream().map(child -> new PayloadName(child.namespace(), child.name())).toList(),
        xml("presence", children));
  }

  static Message groupchat(String nick, @Nullable String id, @Nullable String body) {
    return message("groupchat", ROOM.withResource(nick), SELF, id, body);
  }

  static Message message(
      String type,
      Jid from,
      Jid to,
      @Nullable String id,
      @Nullable String body,
      PayloadName... payloads) {
    return new Message(
        new StanzaHeader(to, from, id, type, null),
        body,
        null,
        null,
        List.of(payloads),
        xml("message", List.of()));
  }

  static Message bounce(String id, String type, String condition) {
    return new Message(
        new StanzaHeader(SELF, ROOM, id, "error", null),
        "hello",
        null,
        null,
        List.of(),
        xml("message", List.of(error(type, condition))));
  }

  static StanzaXml xml(String name, List<XmlElement> children) {
    StringBuilder xml = new StringBuilder("<" + name + ">");
    children.forEach(child -> xml.append(io.stanzahook.xml.XmlWriter.write(child)));
    return StanzaXml.of(xml + "</" + name + ">");
  }

  static XmlElement parsed(String xml) {
    try {
      return XmlParser.parse(xml, XmlLimits.INBOUND);
    } catch (XmlException e) {
      throw new AssertionError(e);
    }
  }
}
