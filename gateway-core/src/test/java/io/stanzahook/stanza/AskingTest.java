package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What asks nothing gets no error; everything else does. */
class AskingTest {
  private static final StanzaError ERROR = ErrorCondition.ITEM_NOT_FOUND.error("");

  private static Stanza message(String type, String content) {
    return Stanzas.of(
        "<message to='bot@gw.x' from='ann@b/pc' id='1'%s>%s</message>"
            .formatted(type.isEmpty() ? "" : " type='" + type + "'", content));
  }

  private static void assertAsks(Stanza stanza, boolean asks) {
    assertThat(stanza.asks()).isEqualTo(asks);
    assertThat(OutboundStanza.error(stanza, ERROR) != null).isEqualTo(asks);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "<gone xmlns='http://jabber.org/protocol/chatstates'/><thread>t</thread>",
        "<paused xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/>",
        "<x xmlns='jabber:x:event'><composing/><id>7</id></x>",
        "<received xmlns='urn:xmpp:receipts' id='7'/>",
        "<received xmlns='urn:xmpp:chat-markers:0' id='7'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='7'/><store xmlns='urn:xmpp:hints'/>",
        "<acknowledged xmlns='urn:xmpp:chat-markers:0' id='7'/>",
        "<reactions xmlns='urn:xmpp:reactions:0'"
            + " id='7'><reaction>\ud83d\udc4d</reaction></reactions>",
        "<retract xmlns='urn:xmpp:message-retract:1' id='7'/>",
        "<subject/>",
        "<subject/><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'/>"
            + "<active xmlns='http://jabber.org/protocol/chatstates'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>",
        "<stanza-id xmlns='urn:xmpp:sid:0' by='b' id='7'/><occupant-id"
            + " xmlns='urn:xmpp:occupant-id:0' id='o'/>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
        "<accept xmlns='urn:xmpp:jingle-message:0' id='7'/>"
      })
  void c5_whatOnlyTellsSomethingGetsNoError(String content) {
    for (String type : List.of("", "chat", "normal", "odd")) {
      assertAsks(message(type, content), false);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<body>hello</body>",
        "<body/>",
        "<subject>hello</subject>",
        "<body>hello</body><active xmlns='http://jabber.org/protocol/chatstates'/>",
        "<x xmlns='urn:example:order'/>",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/><x xmlns='urn:example:order'/>",
        "<x xmlns='jabber:x:oob'><url>https://x/</url></x>",
        "<x xmlns='jabber:x:conference' jid='r@c.x'/>",
        "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='ann@b'/></x>",
        "<encrypted xmlns='urn:xmpp:omemo:2'/><store xmlns='urn:xmpp:hints'/>",
        "<propose xmlns='urn:xmpp:jingle-message:0' id='7'/>"
      })
  void c5_whatIsSaidOrUnknownGetsOne(String content) {
    for (String type : List.of("", "chat", "normal", "odd")) {
      assertAsks(message(type, content), true);
    }
    for (String type : List.of("error", "groupchat", "headline")) {
      assertAsks(message(type, content), false);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "available, false",
    "unavailable, false",
    "subscribed, false",
    "unsubscribed, false",
    "unsubscribe, false",
    "error, false",
    "subscribe, true",
    "probe, true"
  })
  void c5_presenceThatAsksIsASubscriptionOrAProbe(String type, boolean asks) {
    String attribute = type.equals("available") ? "" : " type='" + type + "'";
    assertAsks(Stanzas.of("<presence to='bot@gw.x' from='ann@b/pc'" + attribute + "/>"), asks);
  }

  @Test
  void c5_presenceThatEntersARoomAsks() {
    assertAsks(
        Stanzas.of(
            "<presence to='bot@gw.x/n' from='ann@b/pc'><x"
                + " xmlns='http://jabber.org/protocol/muc'/></presence>"),
        true);
  }

  @Test
  void c5_whatWasSkippedUnreadAsksAsFarAsItsTypeTells() {
    StanzaXml unread = new StanzaXml(new byte[0]);
    for (String type : List.of("chat", "normal")) {
      assertAsks(new Message(header(type), null, null, null, List.of(), unread), true);
    }
    for (String type : List.of("groupchat", "headline", "error")) {
      assertAsks(new Message(header(type), null, null, null, List.of(), unread), false);
    }
  }

  private static StanzaHeader header(String type) {
    return new StanzaHeader(Jid.of("bot@gw.x"), Jid.of("ann@b/pc"), "1", type, null);
  }
}
