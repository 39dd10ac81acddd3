package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptSlotsTest {
  private final KeptSlots kept = new KeptSlots();

  @Test
  void whatIsOwnedAgainIsNotLetGo() {
    kept.keep(3, 0);
    kept.keep(7, 0);
    assertThat(kept.all()).containsExactly(3, 7);
    kept.regained(3);
    assertThat(kept.has(3)).isFalse();
    assertThat(kept.has(7)).isTrue();
    assertThat(kept.takeAll()).containsExactly(7);
    assertThat(kept.all()).isEmpty();
  }

  @Test
  void nothingIsKeptForEver() {
    kept.keep(3, 5);
    kept.keep(7, 6);
    assertThat(kept.takeExpired(4 + KeptSlots.LONGEST)).isEmpty();
    assertThat(kept.takeExpired(5 + KeptSlots.LONGEST)).containsExactly(3);
    assertThat(kept.all()).containsExactly(7);
  }
}
