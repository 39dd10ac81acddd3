package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Stanzas;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static Delivery delivery(Lane lane, int number) {
    return new Delivery(
        Stanzas.of("<message from='a@b' to='bot@gw.localhost'/>"), number, "w" + number, lane);
  }

  /** Takes out what was given up, and then what is left: in order, and nothing twice. */
  @Property(tries = 200)
  void whatIsGivenUpLeavesNoGap(@ForAll @Size(max = 8) List<Boolean> givenUp) {
    Lane lane = new Lane(null);
    List<Delivery> all = new ArrayList<>();
    for (int i = 0; i < givenUp.size(); i++) {
      all.add(delivery(lane, i));
      lane.add(all.get(i));
    }
    List<Delivery> left = new ArrayList<>();
    for (int i = 0; i < givenUp.size(); i++) {
      if (givenUp.get(i)) {
        lane.remove(all.get(i));
      } else {
        left.add(all.get(i));
      }
    }
    Delivery last = delivery(lane, 99);
    lane.add(last);
    left.add(last);

    assertThat(lane.waiting()).isEqualTo(left.size());
    for (Delivery next : left) {
      assertThat(lane.hasNext()).isTrue();
      assertThat(lane.poll()).isSameAs(next);
    }
    assertThat(lane.hasNext()).isFalse();
    assertThat(lane.poll()).isNull();
    assertThat(lane.waiting()).isZero();
  }

  /** However long its first one takes, a conversation holds nothing of those given up behind it. */
  @Test
  void whatIsGivenUpIsForgotten() {
    Lane lane = new Lane(null);
    WeakReference<Delivery> forgotten = entersAndIsGivenUp(lane);
    while (forgotten.get() != null) {
      System.gc();
    }
    assertThat(lane.waiting()).isEqualTo(1);
  }

  private static WeakReference<Delivery> entersAndIsGivenUp(Lane lane) {
    lane.add(delivery(lane, 1));
    Delivery second = delivery(lane, 2);
    lane.add(second);
    lane.remove(second);
    return new WeakReference<>(second);
  }
}
