package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.spool.DiskSpool;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolListener;
import io.stanzahook.spool.SpoolSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** A gateway with a spool from its start to its end. */
@Timeout(90)
class SpooledGatewayIT {
  private static final SpoolListener QUIET =
      new SpoolListener() {
        @Override
        public void durable(long upTo) {}

        @Override
        public void failed(long from, SpoolException cause) {}
      };

  @TempDir Path folder;
  private final SpooledGateway bed = new SpooledGateway();

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void stoppingClosesTheSpoolOnceAllIsKnownToIt() throws Exception {
    bed.start(folder, DeliveryListener.NONE);
    bed.say("ann", "1");
    assertThat(bed.reply().type()).isEqualTo("chat");

    bed.stop();

    // It could not be opened if it were open still.
    try (DiskSpool spool = DiskSpool.open(new SpoolSettings(folder, 1 << 20), QUIET)) {
      assertThat(spool.figures().depth()).isZero();
      assertThat(spool.figures().deadLetters()).isZero();
    }
  }

  @Test
  void whatIsNotSettledByThenIsDeliveredAfterTheNextStart() throws Exception {
    bed.webhook(response -> Mono.never());
    bed.start(folder, DeliveryListener.NONE);
    bed.say("ann", "1");
    SpooledGateway.Request first = bed.request();
    bed.stop();

    bed.webhook(SpooledGateway::hello);
    bed.start(folder, DeliveryListener.NONE);

    assertThat(bed.request().id()).isEqualTo(first.id());
    assertThat(bed.reply().type()).isEqualTo("chat");
    assertThat(bed.replies).isEmpty();
  }

  @Test
  void aFolderInUseIsSaidAtTheStart() throws Exception {
    bed.start(folder, DeliveryListener.NONE);
    LoopResources loops = LoopResources.create("second", 1, true);

    assertThatThrownBy(
            () ->
                ComponentGateway.start(
                    bed.settings(new SpoolSettings(folder, 1 << 20)),
                    loops,
                    DeliveryListener.NONE,
                    io.stanzahook.stream.StreamListener.NONE))
        .isInstanceOf(SpoolException.class)
        .hasMessageContaining("in use");
    loops.disposeLater(Duration.ZERO, SpooledGateway.PATIENCE).block(SpooledGateway.PATIENCE);
  }
}
