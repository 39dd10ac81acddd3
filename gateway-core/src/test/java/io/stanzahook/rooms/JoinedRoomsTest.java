package io.stanzahook.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Presence;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Rooms that a webhook or {@code /rest} entered by a presence of their own; the room is played by
 * the tests, real ones are in BotInRoomsContract.
 */
class JoinedRoomsTest {
  private static final Jid ROOM = Jid.of("ops@rooms.example");
  private static final Jid BOT = Jid.of("bot@gw.example/here");

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<OutboundStanza> sent = new ArrayList<>();
  private final List<Stanza> echoes = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final Rooms rooms =
      new Rooms(
          stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)),
          echoes::add,
          () -> time,
          new ReentryPolicy(() -> 1));

  JoinedRoomsTest() {
    rooms.watch(event -> told.add(words(event)));
  }

  private static String words(RoomEvent event) {
    if (event instanceof RoomEvent.Lost loss) {
      return "%s %s %d s%s"
          .formatted(
              loss.nick(),
              loss.reason().label(),
              loss.again().toSeconds(),
              loss.news() ? "" : ", as before");
    }
    if (event instanceof RoomEvent.Entered in) {
      return "in as " + in.nick() + (in.again() ? ", again" : "") + (in.made() ? ", made" : "");
    }
    return event instanceof RoomEvent.StreamLost lost ? "stream lost " + lost.rooms() : "too many";
  }

  // ------------------------------------------------------------ own words

  @Test
  void aBotDoesNotHearItself_whateverIdTheRoomGivesItsWords() {
    join("bot");
    String id = send("<message to='%s' from='%s' type='groupchat'><body>hi</body></message>").id();
    assertThat(id).isNotEmpty();
    assertThat(come(groupchat("bot", BOT, id, "hi"))).isNull();
    assertThat(come(groupchat("bot", BOT, "the-rooms-own", "hi"))).isNull();
    assertThat(come(groupchat("bot", BOT, null, "hi"))).isNull();
    assertThat(echoes).hasSize(3);
    assertThat(come(groupchat("ann", BOT, id, "hi"))).isNotNull();
  }

  @Test
  void aPersonWhoUsesTheBotsIdIsHeard() {
    join("bot");
    send("<message to='%s' from='%s' type='groupchat' id='1'><body>a</body></message>");
    assertThat(come(groupchat("bob", BOT, "1", "b"))).isNotNull();
    assertThat(come(groupchat("bot", BOT, "1", "a"))).isNull();
    assertThat(come(groupchat("bob", BOT, "1", "a"))).isNotNull();
  }

  @Test
  void whatOneOfOursSaysIsNoNewsForAnotherOfOurs() {
    join("bot");
    assertThat(come(groupchat("bot", Jid.of("other@gw.example/here"), "x", "hi"))).isNull();
    assertThat(come(groupchat("ann", Jid.of("other@gw.example/here"), "x", "hi"))).isNotNull();
  }

  @Test
  void theNickIsThatOfTheLatestSelfPresence() {
    join("bot");
    come(
        presence(
            "bot", "unavailable", "<item nick='robot'/><status code='303'/><status code='110'/>"));
    assertThat(come(groupchat("bot", BOT, "x", "I took its old nick"))).isNotNull();
    assertThat(come(groupchat("robot", BOT, "x", "hi"))).isNull();
    come(presence("Bot-1", null, "<status code='110'/><status code='210'/>"));
    assertThat(come(groupchat("robot", BOT, "x", "me again"))).isNotNull();
    assertThat(come(groupchat("Bot-1", BOT, "x", "hi"))).isNull();
  }

  @Test
  void aRefusedChangeOfNickChangesNothing() {
    join("bot");
    send("<presence to='%s/robot' from='%s'/>");
    come(error("robot", "cancel", "conflict"));
    assertThat(come(groupchat("robot", BOT, "x", "the nick is mine"))).isNotNull();
    assertThat(come(groupchat("bot", BOT, "x", "hi"))).isNull();
    assertThat(told).containsExactly("in as bot");
  }

  @Test
  void whoeverHasTheNickThatWeWantedIsHeard_andWeTakeTheNextOne() {
    send("<presence to='%s/bot' from='%s'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
    come(error("bot", "cancel", "conflict"));
    assertThat(come(groupchat("bot", BOT, "x", "it is mine"))).isNotNull();
    assertThat(told).containsExactly("bot nick_taken 1 s");
    assertThat(sent).isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).to()).hasToString("ops@rooms.example/bot_2");
    come(presence("bot_2", null, "<status code='110'/>"));
    assertThat(come(groupchat("bot_2", BOT, "x", "hi"))).isNull();
    assertThat(come(groupchat("bot", BOT, "x", "it is mine"))).isNotNull();
  }

  @Test
  void aServiceThatLetsInWhoeverSendsAPresenceIsUnderstood() {
    send("<presence to='%s/bot' from='%s'/>");
    // Nobody is taken for a room whom we have sent nothing.
    come(presence(Jid.of("eve@example.org/x"), BOT, null, "<status code='110'/>"));
    assertThat(rooms.count(RoomState.JOINED)).isZero();
    come(presence("bot", null, "<status code='110'/>"));
    assertThat(rooms.count(RoomState.JOINED)).isEqualTo(1);
    assertThat(come(groupchat("bot", BOT, "x", "hi"))).isNull();
  }

  @Test
  void whoeverIsInARoomSinceBeforeTheStartKnowsItByTheirFirstWords() {
    String id = send("<message to='%s' from='%s' type='groupchat'><body>hi</body></message>").id();
    send("<message to='%s' from='%s' type='groupchat' id='1'><body>my own id</body></message>");
    assertThat(come(groupchat("bob", BOT, "1", "anybody's id"))).isNotNull();
    assertThat(come(groupchat("bot", BOT, id, "hi"))).isNull();
    assertThat(come(groupchat("bot", BOT, "the-rooms-own", "hi"))).isNull();
    assertThat(come(groupchat("ann", BOT, id, "hi"))).isNotNull();
  }

  @Test
  void addressesAreComparedAsServersWriteThem() {
    sendTo("Ops@Rooms.EXAMPLE/bot", "Bot@GW.example/here");
    come(presence("bot", null, "<status code='110'/>"));
    assertThat(come(groupchat("bot", BOT, "x", "hi"))).isNull();
  }

  // ------------------------------------------------------------ what leaves

  @Test
  void aRoomIsEnteredWithoutItsHistory_unlessItIsAskedFor() {
    OutboundStanza join = sendTo("ops@rooms.example/bot", BOT.toString());
    XmlElement x = join.element().child("http://jabber.org/protocol/muc", "x");
    assertThat(x.child("http://jabber.org/protocol/muc", "history").attribute("maxstanzas"))
        .isEqualTo("0");
    assertThat(join.id()).isNotEmpty();
    OutboundStanza asking =
        stanza(
            "<presence to='ops@rooms.example/bot' from='bot@gw.example' id='i'><x"
                + " xmlns='http://jabber.org/protocol/muc'><history seconds='9'/></x></presence>");
    List<OutboundStanza> given = List.of(asking);
    assertThat(rooms.leaving(given)).isSameAs(given);
  }

  @Test
  void everythingThatLeavesHasAnId_butWhatAnswersWhatHadNone() {
    String to = " to='ann@example.org/a' from='bot@gw.example'";
    for (String xml :
        List.of("<message%s/>", "<message%s id=''/>", "<presence%s type='subscribe'/>")) {
      assertThat(leave(stanza(xml.formatted(to))).id()).as(xml).isNotEmpty();
    }
    for (String xml : List.of("<message%s type='error'/>", "<iq%s type='result'/>")) {
      List<OutboundStanza> given = List.of(stanza(xml.formatted(to)));
      assertThat(rooms.leaving(given)).as(xml).isSameAs(given);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "message, cancel, item-not-found,          cancel undefined-condition",
    "message, wait,   remote-server-timeout,   wait resource-constraint",
    "message, wait,   recipient-unavailable,   wait resource-constraint",
    "message, cancel, gone,                    cancel undefined-condition",
    "message, cancel, internal-server-error,   cancel undefined-condition",
    "message, cancel, service-unavailable,     cancel undefined-condition",
    "message, modify, jid-malformed,           modify undefined-condition",
    "message, modify, redirect,                modify undefined-condition",
    "message, cancel, remote-server-not-found, cancel undefined-condition",
    "message, modify, bad-request,             modify bad-request",
    "message, modify, policy-violation,        modify policy-violation",
    "iq,      cancel, service-unavailable,     cancel feature-not-implemented",
    "iq,      cancel, item-not-found,          cancel undefined-condition",
    "iq,      wait,   resource-constraint,     wait resource-constraint",
  })
  void anOccupantGetsNoErrorThatRoomsRemoveTheSenderFor(
      String kind, String type, String condition, String told) {
    join("bot");
    OutboundStanza error = stanza(errorXml(kind, "ops@rooms.example/ann", type, condition));
    XmlElement left = leave(error).element();
    XmlElement said = left.child("jabber:component:accept", "error");
    assertThat(left.attribute("id")).isEqualTo("q");
    assertThat(left.child("jabber:component:accept", "body")).isNotNull();
    assertThat(said.attribute("type") + " " + said.elements().get(0).name()).isEqualTo(told);
    assertThat(said.child("urn:ietf:params:xml:ns:xmpp-stanzas", "text").text()).isEqualTo("sorry");
    // To anybody else, as it is.
    List<OutboundStanza> others =
        List.of(stanza(errorXml(kind, "ann@example.org/a", type, condition)));
    assertThat(rooms.leaving(others)).isSameAs(others);
  }

  @Test
  void anOccupantNeverGetsAPresenceError_norOneThatSaysNothing() {
    join("bot");
    for (String xml :
        List.of(
            errorXml("presence", "ops@rooms.example/ann", "modify", "bad-request"),
            errorXml("message", "ops@rooms.example", "modify", "bad-request"))) {
      assertThat(rooms.leaving(List.of(stanza(xml)))).as(xml).isEmpty();
    }
    XmlElement left =
        leave(
                stanza(
                    "<message to='ops@rooms.example/ann' from='bot@gw.example/here'"
                        + " type='error'><body>x</body></message>"))
            .element();
    assertThat(left.child("jabber:component:accept", "error").elements().get(0).name())
        .isEqualTo("undefined-condition");
  }

  // ------------------------------------------------------------ out, and in again

  @Test
  void whoeverIsKickedComesBack_laterEachTime() {
    join("bot");
    for (int wait : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      sent.clear();
      told.clear();
      come(
          presence(
              "bot",
              "unavailable",
              "<item><reason>enough</reason></item><status code='307'/><status code='110'/>"));
      assertThat(told).containsExactly("bot kicked " + wait + " s");
      assertThat(rooms.count(RoomState.LOST)).isEqualTo(1);
      time.advanceTimeBy(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(sent).isEmpty();
      time.advanceTimeBy(Duration.ofMillis(1));
      assertThat(sent).hasSize(1);
      assertThat(rooms.count(RoomState.ENTERING)).isEqualTo(1);
      come(presence("bot", null, "<status code='110'/>"));
      assertThat(rooms.count(RoomState.JOINED)).isEqualTo(1);
    }
    // Who stays long begins anew.
    time.advanceTimeBy(ReentryPolicy.STABLE);
    told.clear();
    come(presence("bot", "unavailable", "<status code='307'/>"));
    assertThat(told).containsExactly("bot kicked 1 s");
  }

  @ParameterizedTest
  @CsvSource({
    "<status code='301'/>,                         banned,       300",
    "<destroy/>,                                   destroyed,    300",
    "<status code='321'/>,                         members_only, 300",
    "<status code='322'/>,                         members_only, 300",
    "<status code='332'/>,                         shutdown,     1",
    "<status code='333'/><status code='307'/>,     error,        1",
    "<status code='110'/>,                         other,        1",
  })
  void whyWeAreOutIsKnown_andWhenToComeBack(String words, String reason, int wait) {
    join("bot");
    sent.clear();
    come(presence("bot", "unavailable", words));
    assertThat(told).containsExactly("in as bot", "bot " + reason + " " + wait + " s");
    time.advanceTimeBy(Duration.ofSeconds(wait));
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).to()).hasToString("ops@rooms.example/bot");
  }

  @Test
  void whoeverIsBannedTriesSeldom_andSaysSoOnce() {
    join("bot");
    come(presence("bot", "unavailable", "<status code='301'/>"));
    sent.clear();
    told.clear();
    for (int minutes : new int[] {5, 10, 20, 40, 60, 60}) {
      time.advanceTimeBy(Duration.ofMinutes(minutes).minusMillis(1));
      assertThat(sent).isEmpty();
      time.advanceTimeBy(Duration.ofMillis(1));
      assertThat(sent).hasSize(1);
      sent.clear();
      come(error("bot", "auth", "forbidden"));
    }
    assertThat(told).allMatch(line -> line.endsWith("as before"));
  }

  @ParameterizedTest
  @CsvSource({
    "auth,   registration-required,   members_only, 300",
    "auth,   not-authorized,          refused,      300",
    "wait,   service-unavailable,     away,         1",
    "cancel, remote-server-not-found, away,         1",
  })
  void whoeverIsNotLetInTheFirstTimeTriesAgain(
      String type, String condition, String reason, int wait) {
    sendTo("ops@rooms.example/bot", BOT.toString());
    come(error("bot", type, condition));
    assertThat(told).containsExactly("bot " + reason + " " + wait + " s");
    time.advanceTimeBy(Duration.ofSeconds(wait));
    assertThat(sent).hasSize(1);
  }

  @Test
  void aRoomThatDoesNotAnswerIsTriedAgain() {
    sendTo("ops@rooms.example/bot", BOT.toString());
    time.advanceTimeBy(Rooms.TIMEOUT);
    assertThat(told).containsExactly("bot timeout 1 s");
    time.advanceTimeBy(Duration.ofSeconds(1).plus(Rooms.TIMEOUT));
    assertThat(told).containsExactly("bot timeout 1 s", "bot timeout 2 s, as before");
    assertThat(sent).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not-acceptable", "item-not-found", "remote-server-not-found"})
  void whoeverIsOutWithoutKnowingLearnsItFromAnError(String condition) {
    join("bot");
    Stanza bounce =
        new Message(
            new StanzaHeader(BOT, ROOM, "m", "error", null),
            "hi",
            null,
            null,
            List.of(),
            RoomFixture.xml("message", List.of(RoomFixture.error("modify", condition))));
    assertThat(rooms.admit(bounce)).as("the webhook said it, and is told").isSameAs(bounce);
    assertThat(told).containsExactly("in as bot", "bot not_in 1 s");
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent.get(sent.size() - 1).to()).hasToString("ops@rooms.example/bot");
  }

  @Test
  void whoeverMayNotSpeakStays() {
    join("bot");
    for (String condition : List.of("forbidden", "policy-violation", "resource-constraint")) {
      rooms.admit(
          new Message(
              new StanzaHeader(BOT, ROOM, "m", "error", null),
              "hi",
              null,
              null,
              List.of(),
              RoomFixture.xml("message", List.of(RoomFixture.error("auth", condition)))));
    }
    assertThat(told).containsExactly("in as bot");
  }

  @Test
  void aDestroyedRoomIsNotMadeAnew() {
    join("bot");
    come(presence("bot", "unavailable", "<destroy><reason>no more</reason></destroy>"));
    sent.clear();
    time.advanceTimeBy(Duration.ofMinutes(5));
    come(presence("bot", null, "<status code='110'/><status code='201'/>"));
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).type()).isEqualTo("unavailable");
    assertThat(rooms.count(RoomState.LOST)).isEqualTo(1);
  }

  @Test
  void aRoomThatTheServerForgotIsMadeAnew_andOpened() {
    join("bot");
    rooms.streamLost();
    rooms.streamBack();
    sent.clear();
    time.advanceTimeBy(ReentryPolicy.MAX_SPREAD);
    come(presence("bot", null, "<status code='110'/><status code='201'/>"));
    assertThat(told).containsExactly("in as bot", "stream lost 1", "in as bot, again, made");
    OutboundStanza opened = sent.get(sent.size() - 1);
    assertThat(opened.to()).isEqualTo(ROOM);
    assertThat(opened.type()).isEqualTo("set");
  }

  @Test
  void afterALostStreamAllAreEnteredAgain_asTheyWere_withoutHistory() {
    rooms.leaving(
        List.of(
            stanza(
                "<presence to='ops@rooms.example/bot' from='bot@gw.example/here'><show>dnd</show>"
                    + "<x xmlns='http://jabber.org/protocol/muc'><history seconds='9'/>"
                    + "<password>s3cret</password></x></presence>")));
    come(presence("bot", null, "<status code='110'/>"));
    sendTo("ops@rooms.example/other", "other@gw.example/here");
    rooms.streamLost();
    rooms.streamLost();
    assertThat(told).containsExactly("in as bot", "stream lost 2");
    time.advanceTimeBy(Duration.ofHours(1));
    assertThat(sent).isEmpty();
    // What was read before the loss may be looked at after it.
    assertThat(come(groupchat("bot", BOT, "x", "hi"))).isNull();
    rooms.streamBack();
    time.advanceTimeBy(ReentryPolicy.MAX_SPREAD);
    assertThat(sent)
        .extracting(stanza -> stanza.to().toString())
        .containsExactlyInAnyOrder("ops@rooms.example/bot", "ops@rooms.example/other");
    OutboundStanza again =
        sent.stream().filter(stanza -> stanza.from().equals(BOT)).findFirst().orElseThrow();
    XmlElement x = again.element().child("http://jabber.org/protocol/muc", "x");
    assertThat(x.child("http://jabber.org/protocol/muc", "password").text()).isEqualTo("s3cret");
    assertThat(x.child("http://jabber.org/protocol/muc", "history").attribute("maxstanzas"))
        .isEqualTo("0");
    assertThat(again.element().child("jabber:component:accept", "show").text()).isEqualTo("dnd");
  }

  @Test
  void aRoomThatWeLeftIsNotEnteredAgain_andOurLastWordsAreStillOurs() {
    join("bot");
    send("<presence to='%s/bot' from='%s' type='unavailable'/>");
    assertThat(come(groupchat("bot", BOT, "x", "bye"))).isNull();
    come(presence("bot", "unavailable", "<status code='110'/>"));
    assertThat(come(groupchat("bot", BOT, "x", "somebody else's"))).isNotNull();
    sent.clear();
    rooms.streamLost();
    rooms.streamBack();
    time.advanceTimeBy(Duration.ofDays(1));
    assertThat(sent).isEmpty();
    assertThat(told).containsExactly("in as bot");
  }

  @Test
  void aRoomThatIsEnteredAnewWhileItIsLeftIsEntered() {
    join("bot");
    send("<presence to='%s/bot' from='%s' type='unavailable'/>");
    sendTo("ops@rooms.example/bot", BOT.toString());
    come(presence("bot", "unavailable", "<status code='110'/>"));
    come(presence("bot", null, "<status code='110'/>"));
    time.advanceTimeBy(Duration.ofHours(1));
    assertThat(rooms.count(RoomState.JOINED)).isEqualTo(1);
  }

  // ------------------------------------------------------------ where it was said

  @Test
  void aMessageSaysWhereItWasSaid() {
    join("bot");
    assertThat(placeOf(groupchat("ann", BOT, "a", "hi"))).isEqualTo("ops@rooms.example ann bot");
    assertThat(placeOf(RoomFixture.message("chat", ROOM.withResource("ann"), BOT, "p", "psst")))
        .isEqualTo("ops@rooms.example ann bot");
    assertThat(placeOf(RoomFixture.message("groupchat", ROOM, BOT, "r", "locked")))
        .isEqualTo("ops@rooms.example null bot");
    assertThat(placeOf(RoomFixture.message("chat", Jid.of("ann@example.org/a"), BOT, "p", "hi")))
        .isEqualTo("nowhere");
    assertThat(
            placeOf(
                RoomFixture.message(
                    "chat", Jid.of("other@rooms.example/ann"), BOT, "p", "another room's")))
        .isEqualTo("nowhere");
  }

  private String placeOf(Message message) {
    Message admitted = (Message) rooms.admit(message);
    assertThat(rooms.kept(message)).as("the same where it was kept").isEqualTo(admitted);
    return admitted.room() == null
        ? "nowhere"
        : admitted.room().room() + " " + admitted.room().nick() + " " + admitted.room().me();
  }

  // ------------------------------------------------------------ bounds

  @Test
  void onlySoManyAreKnown() {
    for (int i = 0; i <= Rooms.MAX_OCCUPANTS + 1; i++) {
      sendTo("room" + i + "@rooms.example/bot", BOT.toString());
    }
    assertThat(rooms.count(RoomState.ENTERING)).isEqualTo(Rooms.MAX_OCCUPANTS);
    assertThat(told).containsExactly("too many");
  }

  @Test
  void aStrangersPresenceIsNoEntrance() {
    join("bot");
    send("<presence to='%s/x' from='other@gw.example'/>".replace("%s", "eve@example.org"));
    come(
        presence(
            Jid.of("eve@example.org/x"), Jid.of("third@gw.example"), null, "<status code='110'/>"));
    assertThat(rooms.count(RoomState.JOINED)).isEqualTo(1);
  }

  // ------------------------------------------------------------ the stanzas

  private void join(String nick) {
    sendTo("ops@rooms.example/" + nick, BOT.toString());
    Stanza self = presence(nick, null, "<status code='110'/>");
    assertThat(rooms.admit(self)).as("whoever asked may see it").isSameAs(self);
  }

  private OutboundStanza sendTo(String room, String from) {
    return leave(
        stanza(
            "<presence to='%s' from='%s'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
                .formatted(room, from)));
  }

  private OutboundStanza send(String xml) {
    return leave(stanza(xml.formatted(ROOM, BOT)));
  }

  private OutboundStanza leave(OutboundStanza stanza) {
    List<OutboundStanza> left = rooms.leaving(List.of(stanza));
    assertThat(left).hasSize(1);
    return left.get(0);
  }

  private @Nullable Stanza come(Stanza stanza) {
    return rooms.admit(stanza);
  }

  private static OutboundStanza stanza(String xml) {
    try {
      return OutboundStanza.of(
          XmlParser.parse(
              xml.replaceFirst("( |/|>)", " xmlns='jabber:component:accept'$1"),
              XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw new AssertionError(xml, e);
    }
  }

  private static String errorXml(String kind, String to, String type, String condition) {
    return ("<%s to='%s' from='bot@gw.example/here' id='q' type='error'><body>what you said</body>"
            + "<error type='%s'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
            + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>sorry</text></error></%1$s>")
        .formatted(kind, to, type, condition);
  }

  private static Message groupchat(String nick, Jid to, @Nullable String id, String body) {
    return RoomFixture.message("groupchat", ROOM.withResource(nick), to, id, body);
  }

  private static Presence presence(String nick, @Nullable String type, String words) {
    return presence(ROOM.withResource(nick), BOT, type, words);
  }

  private static Presence presence(Jid from, Jid to, @Nullable String type, String words) {
    return RoomFixture.presence(from, to, type, RoomFixture.x(words));
  }

  private static Presence error(String nick, String type, String condition) {
    List<XmlElement> children = List.of(RoomFixture.error(type, condition));
    return new Presence(
        new StanzaHeader(BOT, ROOM.withResource(nick), null, "error", null),
        List.<PayloadName>of(),
        RoomFixture.xml("presence", children));
  }
}
