package io.stanzahook.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Rooms of the settings, and those that invite. */
class OwnRoomsTest {
  private static final Jid SELF = Jid.of("gw.example/stanzahook");

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<OutboundStanza> sent = new ArrayList<>();
  private final List<RoomEvent> told = new ArrayList<>();
  private final List<RoomMemory.Remembered> remembered = new ArrayList<>();
  private final RoomMemory memory =
      new RoomMemory() {
        @Override
        public List<Remembered> read() {
          return List.copyOf(remembered);
        }

        @Override
        public void write(Supplier<List<Remembered>> rooms) {
          remembered.clear();
          remembered.addAll(rooms.get());
        }
      };
  private Rooms rooms = rooms();

  private Rooms rooms() {
    Rooms made =
        new Rooms(
            stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)),
            echo -> {},
            () -> time,
            new ReentryPolicy(() -> 1));
    made.watch(told::add);
    return made;
  }

  private void stay(boolean invitations, String... those) {
    rooms.stay(
        new RoomSettings(
            List.of(those).stream().map(RoomSettings.Room::parse).toList(), invitations),
        "gw.example",
        "Botty",
        List.of(),
        memory);
  }

  private void connect() {
    rooms.streamBack();
    time.advanceTimeBy(ReentryPolicy.MAX_SPREAD);
  }

  private List<String> sent() {
    List<String> all =
        sent.stream()
            .map(
                stanza ->
                    XmlWriter.write(stanza.element())
                        .replaceFirst(" xmlns='[^']*'", "")
                        .replaceAll(" id='[^']*'", ""))
            .toList();
    sent.clear();
    return all;
  }

  private void letIn(String room, String nick, Jid self) {
    come(
        "<presence from='%s/%s' to='%s'><x xmlns='http://jabber.org/protocol/muc#user'>"
                .formatted(room, nick, self)
            + "<status code='110'/></x></presence>");
  }

  private Stanza come(String xml) {
    return rooms.admit(Stanzas.of(xml));
  }

  @Test
  void theyAreEnteredWithoutHistory_onceThereIsAStream() {
    stay(false, "ops@rooms.example", "den@rooms.example/nick?password=p");
    assertThat(sent()).isEmpty();
    // Another process of a cluster may have the stream, and be there.
    assertThat(rooms.own()).isEmpty();

    connect();
    assertThat(sent())
        .containsExactlyInAnyOrder(
            "<presence to='ops@rooms.example/Botty' from='gw.example/stanzahook'>"
                + "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>",
            "<presence to='den@rooms.example/nick' from='gw.example/stanzahook'>"
                + "<x xmlns='http://jabber.org/protocol/muc'><password>p</password>"
                + "<history maxstanzas='0'/></x></presence>");
    letIn("ops@rooms.example", "Botty", SELF);
    assertThat(rooms.own())
        .containsEntry("ops@rooms.example", RoomState.JOINED)
        .containsEntry("den@rooms.example", RoomState.ENTERING);
  }

  @Test
  void theyAreEnteredAgainAfterALoss_andLeftAtTheEnd() {
    stay(false, "ops@rooms.example");
    connect();
    letIn("ops@rooms.example", "Botty", SELF);
    sent();
    rooms.streamLost();
    connect();
    assertThat(sent()).singleElement().asString().contains("<history maxstanzas='0'/>");
    letIn("ops@rooms.example", "Botty", SELF);

    rooms.leave().block();
    assertThat(sent())
        .containsExactly(
            "<presence to='ops@rooms.example/Botty' from='gw.example/stanzahook' type='unavailable'/>");
  }

  @Test
  void aTakenNickIsNumbered() {
    stay(false, "ops@rooms.example");
    connect();
    sent();
    refuse("ops@rooms.example", "Botty", "conflict");
    assertThat(sent()).singleElement().asString().contains("to='ops@rooms.example/Botty_2'");
  }

  @ParameterizedTest
  @CsvSource({
    "registration-required, members_only",
    "forbidden, banned",
    "not-authorized, refused"
  })
  void whoeverIsNotLetInSaysSoOnce_andTriesLessAndLessOften(String condition, String reason) {
    stay(false, "ops@rooms.example");
    connect();
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      told.clear();
      sent.clear();
      refuse("ops@rooms.example", "Botty", condition);
      RoomEvent.Lost lost = (RoomEvent.Lost) told.get(0);
      assertThat(lost.reason().label()).isEqualTo(reason);
      assertThat(lost.news()).isEqualTo(i == 0);
      waits.add(lost.again());
      time.advanceTimeBy(lost.again());
      assertThat(sent).hasSize(1);
    }
    assertThat(waits).isSorted();
    assertThat(waits.get(5)).isEqualTo(Duration.ofHours(1));
  }

  private void refuse(String room, String nick, String condition) {
    come(
        ("<presence type='error' from='%s/%s' to='%s'><error type='auth'>"
                + "<%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>")
            .formatted(room, nick, SELF, condition));
  }

  @Test
  void whatIsSentToTheRoomComesFromTheOneThatIsThere() {
    stay(false, "ops@rooms.example/nick");
    connect();
    letIn("ops@rooms.example", "nick", SELF);
    sent();
    rooms
        .send(RoomFixture.message(Jid.of("ops@rooms.example"), Jid.of("gw.example"), "m1"), "other")
        .subscribe();
    assertThat(sent())
        .containsExactly(
            "<message type='groupchat' from='gw.example/stanzahook' to='ops@rooms.example'>"
                + "<body>hello</body></message>");
  }

  // ------------------------------------------------------------ other settings

  private void change(String nick, String said, String... those) {
    rooms.change(
        new RoomSettings(List.of(those).stream().map(RoomSettings.Room::parse).toList(), false),
        "gw.example",
        nick,
        said.isEmpty() ? List.of() : List.of(XmlElement.text("urn:n", "nick", said)));
  }

  @Test
  void roomsThatAreGoneAreLeft_andNewOnesEntered_andTheOthersStayAsTheyAre() {
    stay(false, "ops@rooms.example", "den@rooms.example", "far@rooms.example");
    connect();
    letIn("ops@rooms.example", "Botty", SELF);
    letIn("den@rooms.example", "Botty", SELF);
    sent();

    change("Botty", "", "den@rooms.example", "new@rooms.example?password=p");
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent())
        .containsExactlyInAnyOrder(
            "<presence to='ops@rooms.example/Botty' from='gw.example/stanzahook' type='unavailable'/>",
            // Not let in yet: it may be, and is to know that we do not come.
            "<presence to='far@rooms.example/Botty' from='gw.example/stanzahook' type='unavailable'/>",
            "<presence to='new@rooms.example/Botty' from='gw.example/stanzahook'>"
                + "<x xmlns='http://jabber.org/protocol/muc'><password>p</password>"
                + "<history maxstanzas='0'/></x></presence>");
    assertThat(rooms.own().keySet()).containsExactly("den@rooms.example", "new@rooms.example");
    time.advanceTimeBy(Duration.ofHours(2));
    assertThat(rooms.own().keySet()).containsExactly("den@rooms.example", "new@rooms.example");
  }

  @Test
  void aRoomThatIsGoneAndThereAgainIsEntered() {
    stay(false, "ops@rooms.example");
    connect();
    letIn("ops@rooms.example", "Botty", SELF);
    change("Botty", "");
    sent();
    change("Botty", "", "ops@rooms.example");
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent()).singleElement().asString().contains("<history maxstanzas='0'/>");
    // The room's word about the first stay comes late.
    come(
        "<presence type='unavailable' from='ops@rooms.example/Botty' to='%s'>".formatted(SELF)
            + "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x></presence>");
    letIn("ops@rooms.example", "Botty", SELF);
    time.advanceTimeBy(Duration.ofMinutes(1));
    assertThat(rooms.own()).containsEntry("ops@rooms.example", RoomState.JOINED);
  }

  @Test
  void anotherNameIsTakenOnAndAnotherFaceShown() {
    stay(false, "ops@rooms.example", "den@rooms.example/own");
    connect();
    letIn("ops@rooms.example", "Botty", SELF);
    letIn("den@rooms.example", "own", SELF);
    sent();

    change("Robot", "Robot", "ops@rooms.example", "den@rooms.example/own");
    assertThat(sent())
        .containsExactlyInAnyOrder(
            "<presence to='ops@rooms.example/Robot' from='gw.example/stanzahook'>"
                + "<nick xmlns='urn:n'>Robot</nick></presence>",
            "<presence to='den@rooms.example/own' from='gw.example/stanzahook'>"
                + "<nick xmlns='urn:n'>Robot</nick></presence>");
    come(
        "<presence type='unavailable' from='ops@rooms.example/Botty' to='%s'>".formatted(SELF)
            + "<x xmlns='http://jabber.org/protocol/muc#user'><item nick='Robot'/>"
            + "<status code='303'/><status code='110'/></x></presence>");
    letIn("ops@rooms.example", "Robot", SELF);
    assertThat(
            come(
                "<message type='groupchat' from='ops@rooms.example/Robot' to='%s'><body>x</body></message>"
                    .formatted(SELF)))
        .as("its own words")
        .isNull();
    change("Robot", "Robot", "ops@rooms.example", "den@rooms.example/own");
    assertThat(sent()).as("nothing is new").isEmpty();
    rooms.streamLost();
    connect();
    assertThat(sent()).allSatisfy(each -> assertThat(each).contains("<nick xmlns='urn:n'>Robot"));
  }

  @Test
  void anotherPasswordOpensTheRoomAtOnce() {
    stay(false, "ops@rooms.example");
    connect();
    sent();
    refuse("ops@rooms.example", "Botty", "not-authorized");
    change("Botty", "", "ops@rooms.example?password=p");
    assertThat(sent()).singleElement().asString().contains("<password>p</password>");
  }

  @Test
  void withoutAStreamNothingIsSaidBeforeItIsBack() {
    stay(false, "ops@rooms.example", "den@rooms.example");
    connect();
    letIn("ops@rooms.example", "Botty", SELF);
    letIn("den@rooms.example", "Botty", SELF);
    rooms.streamLost();
    sent();
    change("Robot", "", "ops@rooms.example", "new@rooms.example");
    time.advanceTimeBy(Duration.ofSeconds(30));
    assertThat(sent()).isEmpty();
    connect();
    assertThat(sent())
        .satisfiesExactlyInAnyOrder(
            each -> assertThat(each).contains("to='ops@rooms.example/Robot'"),
            each -> assertThat(each).contains("to='new@rooms.example/Robot'"));
  }

  // ------------------------------------------------------------ invitations

  private static final String DIRECT =
      "<message from='ann@x/r' to='bot@gw.example'>"
          + "<x xmlns='jabber:x:conference' jid='den@rooms.example' password='p'/></message>";

  @ParameterizedTest
  @ValueSource(
      strings = {
        DIRECT,
        "<message from='den@rooms.example' to='bot@gw.example'>"
            + "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='ann@x/r'/>"
            + "<password>p</password></x></message>"
      })
  void anInvitationIsAccepted_toldToTheWebhookAndRemembered(String invitation) {
    stay(true);
    connect();
    assertThat(come(invitation)).isInstanceOf(Message.class);
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent())
        .containsExactly(
            "<presence to='den@rooms.example/bot' from='bot@gw.example/stanzahook'>"
                + "<x xmlns='http://jabber.org/protocol/muc'><password>p</password>"
                + "<history maxstanzas='0'/></x></presence>");
    assertThat(remembered).hasSize(1);
    // Once more says nothing new.
    come(invitation);
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent()).isEmpty();

    rooms = rooms();
    stay(true);
    connect();
    assertThat(sent()).singleElement().asString().contains("<password>p</password>");
  }

  @Test
  void withoutTheSettingNobodyCanInvite() {
    stay(false, "ops@rooms.example");
    connect();
    sent();
    come(DIRECT);
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<message type='error' from='ann@x/r' to='bot@gw.example'><x xmlns='jabber:x:conference' jid='den@rooms.example'/></message>",
        "<message from='ann@x/r' to='bot@gw.example'><x xmlns='jabber:x:conference' jid='rooms.example'/></message>",
        "<message from='ann@x/r' to='bot@gw.example'><x xmlns='jabber:x:conference' jid='den@rooms.example/ann'/></message>",
        "<message from='ann@x/r' to='bot@gw.example'><x xmlns='jabber:x:conference' jid='other@gw.example'/></message>",
        "<message from='ann@x/r' to='bot@gw.example'><x xmlns='jabber:x:conference'/></message>"
      })
  void whatIsNoInvitationToARoomIsNotFollowed(String xml) {
    stay(true);
    connect();
    come(xml);
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(sent()).isEmpty();
  }

  @Test
  void whoeverWasInvitedAndIsKickedStaysAway() {
    stay(true);
    connect();
    come(DIRECT);
    time.advanceTimeBy(Duration.ofSeconds(1));
    Jid self = Jid.of("bot@gw.example/stanzahook");
    letIn("den@rooms.example", "bot", self);
    sent();
    come(
        "<presence type='unavailable' from='den@rooms.example/bot' to='bot@gw.example/stanzahook'>"
            + "<x xmlns='http://jabber.org/protocol/muc#user'><status code='307'/>"
            + "<status code='110'/></x></presence>");
    time.advanceTimeBy(Duration.ofHours(2));
    assertThat(sent()).isEmpty();
    assertThat(remembered).isEmpty();
    assertThat(rooms.own()).isEmpty();
    assertThat(told.get(told.size() - 1)).isInstanceOf(RoomEvent.Dismissed.class);
  }

  @Test
  void strangersCannotFillItsMemory() {
    stay(true);
    connect();
    for (int i = 0; i < Rooms.MAX_INVITED + 2; i++) {
      come(DIRECT.replace("den@", "den" + i + "@"));
    }
    assertThat(rooms.own()).hasSize(Rooms.MAX_INVITED);
    assertThat(remembered).hasSize(Rooms.MAX_INVITED);
    assertThat(told).hasSize(2).allMatch(each -> each instanceof RoomEvent.TooManyInvitations);
  }
}
