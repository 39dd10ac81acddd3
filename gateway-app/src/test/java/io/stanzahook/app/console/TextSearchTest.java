package io.stanzahook.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TextSearchTest {
  /** As the straightforward way finds it. */
  @Property
  void findsWhatIsThere(
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 12) String text,
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 5) String part) {
    assertThat(new TextSearch().contains(text, part)).isEqualTo(text.contains(part));
    assertThat(new TextSearch().contains(text.toUpperCase(java.util.Locale.ROOT), part))
        .isEqualTo(text.contains(part));
  }

  @Test
  void letterCaseIsNothing() {
    assertThat(new TextSearch().contains("GRÜẞE aus Köln", "grüße AUS kÖ")).isTrue();
  }

  @Test
  void oneRequestLooksThroughSoMuchAndNoMore() {
    TextSearch search = new TextSearch();
    String text = "a".repeat(8 * 1024);
    String part = "a".repeat(255) + "b";
    int rounds = 0;
    while (!search.isOver()) {
      assertThat(search.contains(text, part)).isFalse();
      rounds++;
    }
    assertThat(rounds).isEqualTo((int) (TextSearch.MAX_SEARCHED / text.length()));
    assertThat(search.contains("x", "x")).isFalse();
  }
}
