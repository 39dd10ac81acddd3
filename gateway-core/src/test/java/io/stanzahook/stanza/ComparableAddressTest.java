package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.IDN;
import java.text.Normalizer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparableAddressTest {

  @ParameterizedTest
  @CsvSource({
    // Stringprep (RFC 3454): what ejabberd and Prosody 0.12 deliver.
    "strauß@localhost/x, strauss@localhost/x",
    "STRAUẞ@localhost, strauss@localhost",
    "Bob@GW.localhost, bob@gw.localhost",
    "a\u00adb@h, ab@h",
    "ﬁsch@h, fisch@h",
    "e\u0301@h, é@h",
    "Ａ@h, a@h",
    "ὈΔΥΣΣΕΎΣ@h, ὀδυσσεύς@h",
    "ὀδυσσεύσ@h, ὀδυσσεύς@h",
    "İ@h, i\u0307@h",
    // Resources: letter case matters, compatible forms and kinds of spaces do not.
    "a@b/①, a@b/1",
    "a@b/x\u00a0y, a@b/x y",
    "a@b/x\u1680y, a@b/x y",
    "a@b/e\u0301, a@b/é",
    // Domains: Unicode and ASCII, IDNA of 2003 and of 2008.
    "a@bücher.example, a@xn--bcher-kva.example",
    "a@BÜCHER.example., a@bücher.example",
    "a@XN--BCHER-KVA.example, a@bücher.example",
    "a@straße.example, a@strasse.example",
    "a@straße.example, a@xn--strae-oqa.example",
    "a@日本。example, a@xn--wgv71a.example",
    "a@правда.example, a@xn--80aafi6cg.example",
  })
  void addressesAreTheSameUnderEitherPreparation(String one, String other) {
    Jid first = Jid.of(one);
    Jid second = Jid.of(other);
    assertThat(first.comparable()).isEqualTo(second.comparable());
    assertThat(first.isSame(second)).isTrue();
    assertThat(second.isSame(first)).isTrue();
    assertThat(first.hasDomain(second.domain())).isTrue();
    assertThat(second.hasDomain(first.domain())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "a@b/X, a@b/x",
    "a@b/ß, a@b/ss",
    "ı@h, i@h",
    "a@b, a@b/c",
    "a@b.., a@b",
    "a@b.., a@b.",
    "a。b@h, a.b@h",
    "a@b, b@a",
    "b, b@b",
    "a@b.c, a@c.b",
    "a@xn--bcher-kva.example, a@buecher.example",
    // What would be read as two parts is none that a server takes.
    "a／b@c, a/b@c",
    "x@a．b.example, x@xn--ab-2g0a.example",
    "a@xn--, a@xn---",
  })
  void addressesThatNoServerTakesForOneAreTwo(String one, String other) {
    assertThat(Jid.of(one).comparable()).isNotEqualTo(Jid.of(other).comparable());
    assertThat(Jid.of(one).isSame(Jid.of(other))).isFalse();
  }

  @Test
  void aPlainAddressIsItsOwnForm() {
    String plain = "some-user.1@gw-2.example.org/Home é".substring(0, 33);
    assertThat(Jid.of(plain).comparable()).isSameAs(plain);
  }

  @Property(tries = 500)
  void thereIsOneFormForWhatIdnaOf2003TakesForTheSame(
      @ForAll @StringLength(min = 1, max = 20) @CharRange(from = 'à', to = 'ž') String label) {
    if (Normalizer.isNormalized(label, Normalizer.Form.NFKC)) {
      String ascii = IDN.toASCII(label, IDN.ALLOW_UNASSIGNED);
      assertThat(Jid.comparableDomain(ascii)).isEqualTo(Jid.comparableDomain(label));
    }
  }

  @Property(tries = 1000)
  void theFormOfAFormIsItself(@ForAll String local, @ForAll String domain, @ForAll String rest) {
    Jid jid = Jid.parse(local + "@xn--" + domain + "/" + rest);
    if (jid != null) {
      Jid form = Jid.parse(jid.comparable());
      if (form != null) {
        assertThat(form.comparable()).isEqualTo(jid.comparable());
      }
      assertThat(jid.isSame(jid)).isTrue();
    }
  }
}
