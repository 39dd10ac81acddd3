package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x80, 0x9B, 0xAD, 0x61C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029,
        0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF,
        0xE0001, 0xE0020, 0xE007F
      })
  void whatCannotBeSeenIsWrittenOut(int point) {
    StringBuilder escaped = new StringBuilder();
    for (char c : Character.toChars(point)) {
      escaped.append("\\u%04X".formatted((int) c));
    }
    String text = Character.toString(point);

    assertThat(Visible.of("a" + text + "b" + text)).isEqualTo("a" + escaped + "b" + escaped);
    assertThat(LogText.of("a" + text)).doesNotContain(text);
  }

  @Test
  void whatCanBeSeenStays() {
    String text = "plain, é ß אב 漢 👍🏽 👩‍🚀 ❤️‍🔥 \t\n \u001B[1m";

    assertThat(Visible.of(text)).isSameAs(text);
  }
}
