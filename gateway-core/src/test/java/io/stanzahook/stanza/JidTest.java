package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conformance F: addresses. */
class JidTest {

  @ParameterizedTest
  @CsvSource({
    "example, , example, ",
    "ann@example, ann, example, ",
    "ann@example/pc, ann, example, pc",
    "example/pc, , example, pc",
    "a@b/c@d, a, b, c@d",
    "b/c@d, , b, c@d",
    "a@b/c/d, a, b, c/d",
    "a@b//, a, b, /",
    "b/@, , b, @",
    "a@b/@/@, a, b, @/@",
    "'a@b/ x ', a, b, ' x '",
    "[::1], , [::1], ",
    "a@192.0.2.1:80, a, 192.0.2.1:80, ",
  })
  void f4_splitAtTheFirstSlashThenTheFirstAtSignBeforeIt(
      String text, @Nullable String local, String domain, @Nullable String resource) {
    Jid jid = Jid.of(text);

    assertThat(jid.local()).isEqualTo(local);
    assertThat(jid.domain()).isEqualTo(domain);
    assertThat(jid.resource()).isEqualTo(resource);
    assertThat(jid).hasToString(text);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "", "@", "/", "@b", "a@", "/r", "@/r", "a@/r", "a@b/", "b/", "a@b@c", "a@@b", "@@"
      })
  void f4_textWithAnEmptyPartOrTwoAtSignsIsNoJid(@Nullable String text) {
    assertThat(Jid.parse(text)).isNull();
  }

  @Test
  void ofNamesWhatIsNoJid() {
    assertThatThrownBy(() -> Jid.of("a@"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a@'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\u00E4", "\u4E00", "\uD83D\uDE00"})
  void f4_partsHaveUpTo1023Bytes(String character) {
    int bytes = character.getBytes(StandardCharsets.UTF_8).length;
    String longest = character.repeat(1023 / bytes) + "x".repeat(1023 % bytes);
    String tooLong = longest + "x";

    assertThat(Jid.parse(longest + "@" + longest + "/" + longest)).isNotNull();
    assertThat(Jid.parse(longest)).isNotNull();
    assertThat(Jid.parse(tooLong)).isNull();
    assertThat(Jid.parse(tooLong + "@b")).isNull();
    assertThat(Jid.parse(tooLong + "@b/r")).isNull();
    assertThat(Jid.parse("a@" + tooLong)).isNull();
    assertThat(Jid.parse("a@" + tooLong + "/r")).isNull();
    assertThat(Jid.parse("a@b/" + tooLong)).isNull();
    assertThat(Jid.parse("b/" + tooLong)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bob@GW.Example/Phone",
        "m\u00FCller@b\u00FCcher.example/Caf\u00E9",
        "cafe\u0301@xn--bcher-kva.example",
        "\uD83D\uDE00@example/\uD83D\uDE00",
        "o\\27hara\\20\\40@example",
        "\u2168@example.",
        "space here@example/ ",
        "\u043F\u0440\u0438\u0432\u0435\u0442@\u043F\u0440\u0438\u043C\u0435\u0440"
      })
  void f2_f3_f5_whatTheServerAcceptedIsKeptVerbatim(String text) {
    assertThat(Jid.of(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "example, example",
    "example/r, example",
    "a@example, a@example",
    "a@example/r/r, a@example"
  })
  void bareIsWithoutResource(String text, String bare) {
    assertThat(Jid.of(text).bare()).isEqualTo(Jid.of(bare));
    assertThat(Jid.of(text).bare().resource()).isNull();
    assertThat(Jid.of(text).isBare()).isEqualTo(text.equals(bare));
  }

  @ParameterizedTest
  @CsvSource({"example, true", "example/r, false", "a@example, false", "a@example/r, false"})
  void aDomainHasNeitherLocalPartNorResource(String text, boolean domain) {
    assertThat(Jid.of(text).isDomain()).isEqualTo(domain);
  }

  @Test
  void aResourceReplacesAnother() {
    assertThat(Jid.of("a@b").withResource("r")).isEqualTo(Jid.of("a@b/r"));
    assertThat(Jid.of("a@b/x").withResource("r/s")).isEqualTo(Jid.of("a@b/r/s"));
    assertThat(Jid.of("b").withResource("r")).isEqualTo(Jid.of("b/r"));
    assertThatThrownBy(() -> Jid.of("b").withResource(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "gw.example, true",
    "gw.example., true",
    "GW.Example, true",
    "a@gw.example, true",
    "a@GW.EXAMPLE./r, true",
    "gw.example/example, true",
    "example, false",
    "x.gw.example, false",
    "gw.example.org, false",
    "gw.example.., false",
    "gw-example, false",
    "gw.example@other, false",
    "other/gw.example, false",
    "a@other/b@gw.example, false"
  })
  void hasDomainIgnoresCaseAndATrailingDot(String text, boolean expected) {
    assertThat(Jid.of(text).hasDomain("gw.example")).isEqualTo(expected);
  }

  @Test
  void equalityIsThatOfTheText() {
    assertThat(Jid.of("a@b/c")).isEqualTo(Jid.of("a@b/c")).hasSameHashCodeAs(Jid.of("a@b/c"));
    assertThat(Jid.of("a@b/c")).isNotEqualTo(Jid.of("A@b/c"));
    assertThat(Jid.of("a@b/c").bare()).isEqualTo(Jid.of("a@b")).hasSameHashCodeAs(Jid.of("a@b"));
    assertThat(Jid.of("a@b")).isNotEqualTo("a@b");
  }

  @Property
  void partsMakeUpTheWhole(@ForAll("texts") String text) {
    Jid jid = Jid.parse(text);
    if (jid == null) {
      assertThatThrownBy(() -> Jid.of(text)).isInstanceOf(IllegalArgumentException.class);
      return;
    }
    String joined =
        (jid.local() == null ? "" : jid.local() + "@")
            + jid.domain()
            + (jid.resource() == null ? "" : "/" + jid.resource());

    assertThat(joined).isEqualTo(text);
    assertThat(jid.domain()).isNotEmpty().doesNotContain("@", "/");
    assertThat(jid.bare().toString() + (jid.isBare() ? "" : "/" + jid.resource())).isEqualTo(text);
    assertThat(jid.hasDomain(jid.domain())).isTrue();
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.of("a", "b", "@", "/", ".", "\u00E4", "\uD83D\uDE00")
            .list()
            .ofMaxSize(8)
            .map(parts -> String.join("", parts)),
        Arbitraries.strings().ofMaxLength(20));
  }
}
