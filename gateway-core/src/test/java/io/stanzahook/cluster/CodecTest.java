package io.stanzahook.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.RoomPlace;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CodecTest {
  private static final ClusterMessage PLAIN =
      new ClusterMessage(
          "gw.localhost",
          new KeptStanza("msg_1", 1234, null, "<message/>".getBytes(UTF_8), false),
          false,
          null);
  private static final ClusterMessage FULL =
      new ClusterMessage(
          "gw.localhost",
          new KeptStanza("msg_2", Long.MAX_VALUE, "de", "<message/>ü".getBytes(UTF_8), true),
          true,
          new RoomPlace(Jid.of("room@muc.localhost"), "ünick", "me"));
  private static final Burial WHY = new Burial(1, 2, "cause", "cond", "text", 500, "response ü");

  @Test
  void whatIsWrittenIsRead() {
    assertThat(List.of(PLAIN, FULL))
        .allSatisfy(
            each -> {
              assertThat(Codec.message(Codec.message(each))).isEqualTo(each);
              assertThat(Codec.dead(Codec.dead(each, "a\0b", WHY)))
                  .isEqualTo(new Codec.Dead(each, "a\0b", WHY));
            });
    ReplySet set = new ReplySet("gw", "msg_1", 3, 1L << 40, 7, 99, List.of("<a/>", "ü"));
    assertThat(Codec.replies(Codec.replies(set))).isEqualTo(set);
  }

  @Test
  void anotherVersionAndHalfARecordAreNone() {
    byte[] bytes = Codec.message(FULL);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(Codec.message(Arrays.copyOf(bytes, length))).isNull();
    }
    bytes[0] = Codec.VERSION + 1;
    assertThat(Codec.message(bytes)).isNull();
  }

  @Property(tries = 500)
  void anyBytesAreReadWithoutHarm(@ForAll byte[] bytes) {
    byte[] versioned = Arrays.copyOf(bytes, bytes.length + 1);
    versioned[0] = Codec.VERSION;
    assertThat(Codec.message(versioned)).isNull();
    assertThat(Codec.dead(versioned)).isNull();
    assertThat(Codec.replies(versioned)).isNull();
  }
}
