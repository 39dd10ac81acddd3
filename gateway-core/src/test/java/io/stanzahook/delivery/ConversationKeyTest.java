package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlChars;
import io.stanzahook.xml.XmlWriter;
import java.lang.reflect.Type;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationKeyTest {
  private static ConversationKey key(String from, String to) {
    StringBuilder xml = new StringBuilder("<message from='");
    XmlWriter.attributeValue(from, xml);
    xml.append("' to='");
    XmlWriter.attributeValue(to, xml);
    return ConversationKey.of(Stanzas.of(xml.append("'/>").toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "a@b/x, a@b/y",
    "a@b, A@B",
    "a@b., a@b",
    "straße@b, STRASSE@b",
    "straße@b, STRAẞE@b",
    "é@b, e\u0301@b",
    "Ａ@b, a@b",
    "a@bücher.example, a@xn--bcher-kva.example",
    "a@BÜCHER.example., a@bücher.example",
    "b, B",
  })
  void f1_oneFormForAllWaysOfWriting(String one, String other) {
    assertThat(key(one, "gw.localhost")).isEqualTo(key(other, "GW.localhost"));
    assertThat(key("a@b", one)).isEqualTo(key("a@b", other));
  }

  /** Texts of one hash: each of these pieces adds the same to it. */
  private static String collidingLocal(int number) {
    StringBuilder local = new StringBuilder();
    for (int bit = 0; bit < 13; bit++) {
      local.append(((number >> bit) & 1) == 0 ? "b_" : "a~");
    }
    return local.toString();
  }

  @Test
  void thousandsOfConversationsWithEqualHashesAreFoundInFewSteps() {
    List<ConversationKey> keys =
        IntStream.range(0, 8000).mapToObj(i -> key(collidingLocal(i) + "@b", "gw")).toList();
    assertThat(keys.stream().mapToInt(ConversationKey::hashCode).distinct().count()).isEqualTo(1);

    // A map makes a tree of such keys, if they are comparable with each other.
    assertThat(ConversationKey.class.getGenericInterfaces())
        .extracting(Type::getTypeName)
        .containsExactly("java.lang.Comparable<" + ConversationKey.class.getName() + ">");
    assertThat(new TreeSet<>(keys)).hasSize(8000).containsAll(keys);
    assertThat(key("a@b", "x@gw")).isLessThan(key("a@b", "y@gw"));
    assertThat(key("a@b", "y@gw")).isLessThan(key("b@b", "x@gw"));
  }

  @Test
  void differentPeopleHaveDifferentKeys() {
    assertThat(key("a@b", "gw")).isNotEqualTo(key("c@b", "gw"));
    assertThat(key("a@b", "x@gw")).isNotEqualTo(key("a@b", "y@gw"));
    assertThat(key("b", "gw")).isNotEqualTo(key("b@b", "gw"));
    assertThat(key("a@b", "b@a")).isNotEqualTo(key("b@a", "a@b"));
  }

  @Test
  void f2_whatIdnaRefusesIsComparedAsItIs() {
    String odd = "a@" + "x".repeat(70) + "-é..b";
    assertThat(key(odd, "gw")).isEqualTo(key(odd, "gw"));
  }

  @Property(tries = 500)
  void f2_noAddressThatWasAcceptedBreaksIt(@ForAll String local, @ForAll String domain) {
    if (Jid.parse(local + "@" + domain) != null && XmlChars.firstForbidden(local + domain) < 0) {
      String jid = local + "@" + domain;
      assertThat(key(jid, "gw")).isEqualTo(key(jid, "gw"));
    }
  }
}
