package io.stanzahook.wire;

import static io.stanzahook.wire.Feeding.HEADER;
import static io.stanzahook.wire.Feeding.atRandom;
import static io.stanzahook.wire.Feeding.bytes;
import static io.stanzahook.wire.Feeding.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.sandbox.Bomb;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Refused;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bomb is skipped by the same limit however it is cut, and the stanza behind it is read. */
class BombTest {
  @ParameterizedTest
  @EnumSource(Bomb.class)
  void b13_b6_aBombIsSkippedHoweverItIsCut(Bomb bomb) {
    byte[] stream =
        bytes(
            HEADER
                + bomb.relayed("message from='m@b/c' to='bot@gw.localhost' id='1'")
                + "<message from='next@b' to='bot@gw.localhost'><body>x</body></message>");

    List<StreamEvent> events = whole(WireLimits.DEFAULTS, stream);

    assertThat(events).hasSize(3);
    Refused refused = (Refused) events.get(1);
    assertThat(refused.reason()).isEqualTo(bomb.refusal());
    assertThat(refused.shell().from()).hasToString("m@b/c");
    assertThat(refused.shell().id()).isEqualTo("1");
    assertThat(((Received) events.get(2)).stanza().from()).hasToString("next@b");
    for (int most : new int[] {7, 1000, 40_000}) {
      assertThat(atRandom(WireLimits.DEFAULTS, stream, new Random(most), most)).isEqualTo(events);
    }
  }
}
