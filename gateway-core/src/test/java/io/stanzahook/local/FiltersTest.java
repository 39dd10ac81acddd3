package io.stanzahook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.RoomPlace;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules say of stanzas. */
class FiltersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<message type='chat'/>|chat",
        "<message/>|normal",
        "<message type='odd'/>|normal",
        "<message type='groupchat'/>|groupchat",
        "<presence/>|available",
        "<presence type='probe'/>|probe",
        "<iq type='get' id='1'/>|get",
      })
  void aTypeIsWhatTheStanzaCountsAs(String xml, String type) {
    assertThat(rule(Set.of(), Set.of(type), null, List.of()).matches(stanza(xml))).isTrue();
    assertThat(rule(Set.of(), Set.of("error"), null, List.of()).matches(stanza(xml))).isFalse();
    assertThat(rule(Set.of(), Set.of("error", type), null, List.of()).matches(stanza(xml)))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<message><body>a</body></message>|true|false",
        "<message><body/></message>|true|false",
        "<message/>|false|true",
        "<presence/>|false|false",
        "<iq type='get' id='1'/>|false|false",
      })
  void onlyMessagesHaveABodyOrLackOne(String xml, boolean with, boolean without) {
    assertThat(rule(Set.of(), Set.of(), true, List.of()).matches(stanza(xml))).isEqualTo(with);
    assertThat(rule(Set.of(), Set.of(), false, List.of()).matches(stanza(xml))).isEqualTo(without);
  }

  @ParameterizedTest
  @CsvSource({
    "ann@b.example, true",
    "ann@B.Example/r, true",
    "b.example, true",
    "ann@sub.b.example, false",
    "b.example@other, false",
    "ann@c.example, true"
  })
  void aDomainIsTheSenders(String from, boolean matches) {
    Stanza stanza = Stanzas.of("<message to='bot@gw.example' from='%s'/>".formatted(from));
    assertThat(rule(Set.of(), Set.of(), null, List.of("b.example", "c.example")).matches(stanza))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "payload=urn:a|<message><x xmlns='urn:a'/></message>|true",
        "payload=urn:b,urn:a|<iq type='get' id='1'><x xmlns='urn:a'/></iq>|true",
        "payload=urn:a|<message><body>urn:a</body></message>|false",
        "payload=urn:a|<message><y xmlns='urn:b'><x xmlns='urn:a'/></y></message>|false",
        "node=n|<iq type='get' id='1'><query xmlns='u' node='n'/></iq>|true",
        "node=n|<iq type='get' id='1'><pubsub xmlns='u'><items node='n'/></pubsub></iq>|true",
        "node=n|<iq type='get' id='1'><query xmlns='u' node='m'/></iq>|false",
        "node=n|<iq type='get' id='1'><query xmlns='u'/></iq>|false",
        "node=n|<message/>|false",
        "chat_state|<message><gone xmlns='http://jabber.org/protocol/chatstates'/></message>|true",
        "chat_state|<message><body>a</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>|false",
        "chat_state|<message><gone xmlns='urn:x'/></message>|false",
        "chat_state=paused|<message><gone xmlns='http://jabber.org/protocol/chatstates'/></message>|false",
        "chat_state=paused,gone|<message><gone xmlns='http://jabber.org/protocol/chatstates'/></message>|true",
        "chat_state=false|<message><body>a</body></message>|true",
        "chat_state=false|<presence/>|true",
        "in_room=true|<message type='groupchat'/>|true",
        "in_room=true|<message type='chat'/>|false",
        "in_room=false|<message type='chat'/>|true",
        "in_room=true|<presence><x xmlns='http://jabber.org/protocol/muc#user'/></presence>|true",
        "in_room=false|<presence/>|true",
      })
  void aRuleMayLookIntoTheStanza(String rule, String xml, boolean matches) {
    List<String> problems = new ArrayList<>();
    Filters filters = Filters.parse(List.of(rule + " action=drop"), problems::add);
    assertThat(problems).isEmpty();
    assertThat(filters.drop(stanza(xml))).isEqualTo(matches);
  }

  @Test
  void aPrivateMessageOfARoomIsOfTheRoom() {
    Message message = (Message) stanza("<message type='chat'><body>a</body></message>");
    Filters filters = Filters.parse(List.of("in_room=true action=drop"), problem -> {});
    assertThat(filters.drop(message)).isFalse();
    assertThat(filters.drop(message.in(new RoomPlace(Jid.of("r@x"), "ann", "bot")))).isTrue();
  }

  @Test
  void allThatARuleSaysMustHold() {
    FilterRule rule =
        rule(Set.of(StanzaKind.MESSAGE), Set.of("chat"), true, List.of("ann.example"));
    assertThat(rule.matches(stanza("<message type='chat'><body>x</body></message>"))).isTrue();
    assertThat(rule.matches(stanza("<message type='chat'/>"))).isFalse();
    assertThat(rule.matches(stanza("<message><body>x</body></message>"))).isFalse();
    assertThat(rule.matches(stanza("<presence/>"))).isFalse();
  }

  @Test
  void theFirstRuleThatMatchesCounts_andWithoutOneItIsPosted() {
    Filters filters =
        new Filters(
            List.of(
                new FilterRule(Set.of(), Set.of("chat"), null, List.of(), true),
                new FilterRule(Set.of(StanzaKind.MESSAGE), Set.of(), null, List.of(), false)));
    assertThat(filters.drop(stanza("<message type='chat'/>"))).isFalse();
    assertThat(filters.drop(stanza("<message/>"))).isTrue();
    assertThat(filters.drop(stanza("<presence/>"))).isFalse();
    assertThat(Filters.NONE.drop(stanza("<message/>"))).isFalse();
  }

  @Test
  void lookingAllocatesNothing() {
    Filters filters =
        new Filters(
            Collections.nCopies(
                20,
                rule(
                    Set.of(StanzaKind.MESSAGE, StanzaKind.IQ),
                    Set.of("chat", "normal", "get"),
                    true,
                    List.of("a.example", "b.example"))));
    Stanza stanza = stanza("<message type='chat'><body>x</body></message>");
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    boolean dropped = false;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        dropped |= filters.drop(stanza);
      }
      least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(dropped).isFalse();
    // An object for each stanza would be 16,000 bytes at least.
    assertThat(least).isLessThan(1000);
  }

  @Test
  void theirNumberIsBounded() {
    FilterRule rule = rule(Set.of(), Set.of(), null, List.of());
    assertThat(new Filters(Collections.nCopies(Filters.MAX_RULES, rule)).rules()).hasSize(1000);
    assertThatThrownBy(() -> new Filters(Collections.nCopies(Filters.MAX_RULES + 1, rule)))
        .hasMessageStartingWith("filters");
  }

  private static FilterRule rule(
      Set<StanzaKind> kinds, Set<String> types, @Nullable Boolean hasBody, List<String> domains) {
    return new FilterRule(kinds, types, hasBody, domains, false);
  }

  private static Stanza stanza(String xml) {
    return Stanzas.of(
        xml.replaceFirst("<(\\w+)", "<$1 to='bot@gw.example' from='ann@ann.example/r'"));
  }
}
