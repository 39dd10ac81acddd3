package io.stanzahook.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private record House(
      @Setting(name = "rooms", min = 1, max = 20, help = "") int rooms,
      @Nullable Garden garden,
      String name) {}

  private record Garden(
      @Setting(name = "garden", help = "") String kind,
      @Setting(name = "mow-every", min = 10, max = 1000, help = "") Duration mowing) {}

  private static final Map<String, Object> ALL =
      Map.of("rooms", 3, "garden", "roses", "mow-every", Duration.ofMillis(50), "name", "Home");
  private static final House HOUSE =
      new House(3, new Garden("roses", Duration.ofMillis(50)), "Home");

  @Test
  void makesARecordAndThoseInIt() {
    assertThat(Settings.make(House.class, ALL)).isEqualTo(HOUSE);
  }

  @Test
  void makesNoInnerRecordWithoutItsFirstSetting() {
    Map<String, Object> some = new HashMap<>(ALL);
    some.remove("garden");
    assertThat(Settings.make(House.class, some)).isEqualTo(new House(3, null, "Home"));
  }

  @Test
  void changesOneComponentAtAnyDepth() {
    assertThat(Settings.with(HOUSE, "rooms", 4).rooms()).isEqualTo(4);
    assertThat(Settings.with(HOUSE, "name", "Away").name()).isEqualTo("Away");
    Duration other = Duration.ofMillis(70);
    assertThat(Settings.with(HOUSE, "mow-every", other))
        .isEqualTo(new House(3, new Garden("roses", other), "Home"));
    assertThatThrownBy(() -> Settings.with(HOUSE, "windows", 4)).hasMessageContaining("windows");
  }

  @Test
  void namesWhatDiffers() {
    assertThat(Settings.differences(HOUSE, Settings.with(HOUSE, "mow-every", Duration.ZERO)))
        .containsExactly("mow-every");
    assertThat(Settings.differences(HOUSE, HOUSE)).isEmpty();
  }

  @Test
  void checksNumbersAndTimes() {
    assertThatCode(() -> Settings.check(HOUSE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Settings.check(Settings.with(HOUSE, "rooms", 21)))
        .hasMessage("‹rooms› must be from 1 to 20");
    assertThatThrownBy(() -> Settings.check(Settings.with(HOUSE, "mow-every", Duration.ZERO)))
        .hasMessage("‹mow-every› must be from 10 to 1000 ms");
  }
}
