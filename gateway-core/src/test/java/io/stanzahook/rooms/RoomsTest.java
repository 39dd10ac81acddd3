package io.stanzahook.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The room is played by the tests; a real one is in RoomsProsodyIT. */
class RoomsTest extends RoomFixture {
  // ------------------------------------------------------------ entering

  @Test
  void entersOnceAndSaysWhatIsToBeSaid() {
    say("m1");
    say("m2");
    assertThat(sent).hasSize(1);
    OutboundStanza join = sent.get(0);
    assertThat(join.kind()).isEqualTo(StanzaKind.PRESENCE);
    assertThat(join.to()).hasToString("ops@rooms.example/alerts");
    assertThat(join.from()).isEqualTo(SELF);
    assertThat(join.type()).isNull();
    XmlElement x = join.element().child("http://jabber.org/protocol/muc", "x");
    assertThat(x.child("http://jabber.org/protocol/muc", "history").attribute("maxstanzas"))
        .isEqualTo("0");

    assertThat(rooms.take(available("ann", ""))).isTrue();
    assertThat(sent).hasSize(1);
    assertThat(rooms.take(available("alerts", "<status code='110'/>"))).isTrue();
    assertThat(sent).hasSize(3);
    assertThat(sent.get(1).to()).isEqualTo(ROOM);
    assertThat(sent.get(1).from()).isEqualTo(SELF);
    assertThat(sent.get(1).type()).isEqualTo("groupchat");
    assertThat(outcomes).isEmpty();

    assertThat(rooms.take(groupchat("alerts", "m1", "hello"))).isTrue();
    assertThat(rooms.take(groupchat("alerts", "m2", "hello"))).isTrue();
    assertThat(outcomes).containsExactly("m1 sent", "m2 sent");
    say("m3");
    assertThat(sent).hasSize(4);
    assertThat(rooms.held()).isEqualTo(1);
  }

  @Test
  void theNickIsTheOneThatIsWanted() {
    rooms.send(message(ROOM, BOT, "m"), "Alarm").subscribe();
    rooms.send(message(ROOM, Jid.of("gw.example"), "m"), null).subscribe();
    rooms.send(message(ROOM, Jid.of("x@gw.example/desk"), "m"), "y".repeat(2000)).subscribe();
    assertThat(sent.get(0).to()).hasToString("ops@rooms.example/Alarm");
    assertThat(sent.get(1).to()).hasToString("ops@rooms.example/stanzahook");
    assertThat(sent.get(1).from()).hasToString("gw.example/stanzahook");
    assertThat(sent.get(2).to().resource()).hasSize(Occupant.MAX_NICK);
    assertThat(sent.get(2).from()).hasToString("x@gw.example/desk");
  }

  @Test
  void takesAnotherNickWhereThatOneIsTaken() {
    say("m");
    for (int i = 2; i <= Occupant.MAX_NICKS; i++) {
      assertThat(rooms.take(refusal("cancel", "conflict"))).isTrue();
      assertThat(sent).hasSize(i);
      assertThat(sent.get(i - 1).to()).hasToString("ops@rooms.example/alerts_" + i);
    }
    assertThat(rooms.take(refusal("cancel", "conflict"))).isTrue();
    assertThat(sent).hasSize(Occupant.MAX_NICKS);
    assertThat(outcomes).containsExactly("m REFUSED conflict");
    assertThat(rooms.held()).isZero();
  }

  @Test
  void theNickIsWhatTheRoomMakesOfIt() {
    say("m");
    rooms.take(available("Alerts", "<status code='110'/><status code='210'/>"));
    assertThat(rooms.take(groupchat("Alerts", "m", "hello"))).isTrue();
    assertThat(outcomes).containsExactly("m sent");
    rooms.take(unavailable("Alerts", "<item nick='bell'/><status code='303'/>"));
    say("m2");
    assertThat(sent).hasSize(3);
    assertThat(rooms.take(groupchat("bell", "m2", "hello"))).isTrue();
    assertThat(outcomes).containsExactly("m sent", "m2 sent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth forbidden",
        "auth registration-required",
        "auth not-authorized",
        "cancel item-not-found",
        "cancel not-allowed",
        "wait service-unavailable"
      })
  void aRefusalIsToldAndNotTheEnd(String how) {
    String[] words = how.split(" ", -1);
    say("m");
    assertThat(rooms.take(refusal(words[0], words[1]))).isTrue();
    assertThat(outcomes).containsExactly("m REFUSED " + words[1]);
    say("m2");
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).kind()).isEqualTo(StanzaKind.PRESENCE);
  }

  @Test
  void aRefusalSaysWhatTheRoomSaid() {
    StepVerifier.create(rooms.send(message(ROOM, BOT, "m"), null))
        .then(() -> rooms.take(refusal("auth", "registration-required")))
        .verifyErrorSatisfies(
            e ->
                assertThat(e)
                    .hasMessage(
                        "the room 'ops@rooms.example': registration-required, not for you"));
  }

  @Test
  void makesNoRooms() {
    say("m");
    rooms.take(available("alerts", "<status code='110'/><status code='201'/>"));
    assertThat(outcomes).containsExactly("m REFUSED item-not-found");
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).type()).isEqualTo("unavailable");
    assertThat(rooms.held()).isZero();
  }

  @Test
  void waitsForTheRoomOnlySoLong() {
    StepVerifier.withVirtualTime(() -> rooms.send(message(ROOM, BOT, "m"), null))
        .expectSubscription()
        .expectNoEvent(Rooms.TIMEOUT.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .verifyErrorSatisfies(e -> assertThat(outcome(e)).isEqualTo("TIMEOUT"));
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).type()).isEqualTo("unavailable");
    assertThat(rooms.held()).isZero();
  }

  @Test
  void whoeverGoesDoesNotKeepOthersFromEntering() {
    StepVerifier.withVirtualTime(
            () -> {
              rooms.send(message(ROOM, BOT, "m"), null).subscribe().dispose();
              return rooms.send(message(ROOM, BOT, "m2"), null);
            })
        .expectSubscription()
        .then(() -> rooms.take(available("alerts", "<status code='110'/>")))
        .then(() -> rooms.take(groupchat("alerts", "m2", "hello")))
        .verifyComplete();
    assertThat(sent)
        .extracting(OutboundStanza::kind)
        .containsExactly(StanzaKind.PRESENCE, StanzaKind.MESSAGE);
  }

  // ------------------------------------------------------------ saying

  @Test
  void waitsForItsEchoOnlySoLongAndThenEntersAnew() {
    StepVerifier.withVirtualTime(() -> rooms.send(message(ROOM, BOT, "m"), null))
        .expectSubscription()
        .then(() -> rooms.take(available("alerts", "<status code='110'/>")))
        .expectNoEvent(Rooms.TIMEOUT.minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .verifyErrorSatisfies(e -> assertThat(outcome(e)).isEqualTo("TIMEOUT"));
    say("m2");
    assertThat(sent.get(2).kind()).isEqualTo(StanzaKind.PRESENCE);
  }

  @Test
  void whoeverWasPutOutEntersAnew() {
    enter();
    say("m1");
    rooms.take(unavailable("alerts", "<status code='307'/><status code='110'/>"));
    // What was on its way came too late: it is said again, once.
    assertThat(sent).hasSize(3);
    assertThat(sent.get(2).kind()).isEqualTo(StanzaKind.PRESENCE);
    assertThat(rooms.take(bounce("m1", "modify", "not-acceptable"))).isTrue();
    rooms.take(available("alerts", "<status code='110'/>"));
    assertThat(sent.get(3).id()).isEqualTo("m1");
    rooms.take(groupchat("alerts", "m1", "hello"));
    assertThat(outcomes).containsExactly("m1 sent");
    rooms.take(unavailable("alerts", "<status code='307'/><status code='110'/>"));
    assertThat(rooms.held()).isZero();
  }

  @Test
  void whoeverIsOutWithoutKnowingEntersAnew() {
    enter();
    say("m1");
    assertThat(rooms.take(bounce("m1", "modify", "not-acceptable"))).isTrue();
    assertThat(sent.get(2).kind()).isEqualTo(StanzaKind.PRESENCE);
    rooms.take(available("alerts", "<status code='110'/>"));
    assertThat(sent.get(3).id()).isEqualTo("m1");
    assertThat(rooms.take(bounce("m1", "modify", "not-acceptable"))).isTrue();
    assertThat(outcomes).containsExactly("m1 PUT_OUT not-acceptable");
    assertThat(sent).hasSize(4);
  }

  @Test
  void whoeverMayNotSpeakStays() {
    enter();
    say("m1");
    assertThat(rooms.take(bounce("m1", "auth", "forbidden"))).isTrue();
    assertThat(outcomes).containsExactly("m1 REFUSED forbidden");
    assertThat(rooms.held()).isEqualTo(1);
    say("m2");
    assertThat(rooms.take(bounce("m2", "cancel", "remote-server-not-found"))).isTrue();
    assertThat(outcomes)
        .containsExactly("m1 REFUSED forbidden", "m2 REFUSED remote-server-not-found");
    assertThat(rooms.held()).isZero();
  }

  @Test
  void aLostStreamEndsAllStays() {
    enter();
    say("m1");
    rooms.streamLost();
    assertThat(outcomes).containsExactly("m1 STREAM_LOST");
    assertThat(rooms.held()).isZero();
    say("m2");
    rooms.streamLost();
    assertThat(outcomes).containsExactly("m1 STREAM_LOST", "m2 STREAM_LOST");
    say("m3");
    assertThat(sent.get(sent.size() - 1).kind()).isEqualTo(StanzaKind.PRESENCE);
  }

  @Test
  void whatCannotBeSentLeavesNothingBehind() {
    Rooms away = new Rooms(stanzas -> Mono.error(new IllegalStateException("away")), echoes::add);
    StepVerifier.create(away.send(message(ROOM, BOT, "m"), null)).verifyErrorMessage("away");
    assertThat(away.held()).isZero();
  }

  @Test
  void leavesAtTheEnd() {
    enter();
    rooms.leave().block();
    OutboundStanza last = sent.get(sent.size() - 1);
    assertThat(last.type()).isEqualTo("unavailable");
    assertThat(last.to()).hasToString("ops@rooms.example/alerts");
  }

  // ------------------------------------------------------------ bounds

  @Test
  void leavesTheRoomThatIsLeastUsed() {
    for (int i = 0; i < Rooms.MAX_ROOMS; i++) {
      enter(Jid.of("room" + i + "@rooms.example"));
    }
    say(Jid.of("room0@rooms.example"), "again");
    heard(Jid.of("room0@rooms.example"), "again");
    sent.clear();
    say(Jid.of("another@rooms.example"), "m");
    assertThat(rooms.held()).isEqualTo(Rooms.MAX_ROOMS);
    assertThat(sent.get(0).type()).isEqualTo("unavailable");
    assertThat(sent.get(0).to()).hasToString("room1@rooms.example/alerts");
    assertThat(sent.get(1).to()).hasToString("another@rooms.example/alerts");
    // What the room says of that is nobody's concern.
    assertThat(rooms.take(presence(Jid.of("room1@rooms.example/alerts"), "unavailable", x(""))))
        .isTrue();
  }

  @Test
  void holdsAndWaitsForOnlySoMany() {
    for (int i = 0; i < Rooms.MAX_ROOMS; i++) {
      say(Jid.of("room" + i + "@rooms.example"), "m");
    }
    say(Jid.of("another@rooms.example"), "m");
    assertThat(outcomes).containsExactly("m TOO_MANY");
    for (int i = 0; i < Rooms.MAX_WAITING - Rooms.MAX_ROOMS; i++) {
      say(Jid.of("room0@rooms.example"), "x" + i);
    }
    say(Jid.of("room0@rooms.example"), "y");
    assertThat(outcomes).containsExactly("m TOO_MANY", "y TOO_MANY");
    rooms.streamLost();
    assertThat(outcomes).hasSize(2 + Rooms.MAX_WAITING);
    enter();
    say("twice");
    say("twice");
    assertThat(outcomes).last().isEqualTo("twice TOO_MANY");
  }

  // ------------------------------------------------------------ what others see

  @Test
  void othersSeeWhatOthersSayAndNothingElse() {
    enter();
    assertThat(rooms.take(groupchat("ann", "a1", "what happened?"))).isFalse();
    assertThat(rooms.take(groupchat("ann", "a2", null))).isTrue();
    assertThat(rooms.take(groupchat("alerts", null, "hello"))).isTrue();
    assertThat(rooms.take(message("groupchat", ROOM, SELF, "i", "This room is logged."))).isTrue();
    assertThat(
            rooms.take(
                message(
                    "groupchat",
                    ROOM.withResource("ann"),
                    SELF,
                    "old",
                    "yesterday",
                    new PayloadName("urn:xmpp:delay", "delay"))))
        .isTrue();
    assertThat(rooms.take(available("ann", ""))).isTrue();
    assertThat(rooms.take(unavailable("ann", ""))).isTrue();
    assertThat(rooms.take(presence(ROOM, null, List.of()))).isTrue();
    assertThat(rooms.take(presence(Jid.of("ann@example.org/a"), "probe", List.of()))).isFalse();
    assertThat(rooms.take(message("chat", ROOM.withResource("ann"), SELF, "p", "psst"))).isFalse();
    // A room that we left, and which has not noticed.
    Jid left = Jid.of("left@rooms.example");
    assertThat(rooms.take(message("groupchat", left, SELF, null, null))).isTrue();
    assertThat(rooms.take(message("error", left, SELF, "e", "x"))).isTrue();
    assertThat(rooms.take(message("groupchat", left.withResource("ann"), SELF, "a", "x")))
        .isFalse();
    // Another's affairs: the same room, as the webhook entered it.
    Jid webhooks = Jid.of("alerts@gw.example/default");
    assertThat(rooms.take(message("groupchat", ROOM.withResource("ann"), webhooks, "a1", "x")))
        .isFalse();
    assertThat(rooms.take(presence(ROOM.withResource("ann"), webhooks, null, x("")))).isFalse();
    assertThat(rooms.take(presence(Jid.of("ann@example.org/a"), BOT, null, List.of()))).isFalse();
    // Nobody else in the room takes our words for another's.
    say("m9");
    assertThat(rooms.take(message("groupchat", ROOM.withResource("alerts"), webhooks, "m9", "x")))
        .isTrue();
  }

  @Test
  void writesAnAddressAsServersDo() {
    Jid written = Jid.of("Ops@Rooms.EXAMPLE");
    rooms
        .send(message(written, BOT, "m"), null)
        .subscribe(x -> {}, e -> {}, () -> outcomes.add("ok"));
    rooms.take(available("alerts", "<status code='110'/>"));
    rooms.take(groupchat("alerts", "m", "hello"));
    assertThat(outcomes).containsExactly("ok");
  }

  @Test
  void looksAtNothingBeforeTheFirstMessage() {
    assertThat(rooms.take(available("ann", ""))).isFalse();
    assertThat(rooms.take(groupchat("ann", "a", null))).isFalse();
  }
}
