package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.order.Concurrency;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.webhook.KindWebhooks;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/** {@code --concurrency auto} finds the knee of a webhook over HTTP, wherever it moves. */
class AdaptiveConcurrencyIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String DOMAIN = "gw.localhost";

  private final LoopResources loops = LoopResources.create("adaptive-it", 1, true);
  private final CapacityWebhook server = CapacityWebhook.start(40, Duration.ofMillis(20), loops);
  private final KindWebhooks webhook =
      new KindWebhooks(
          TestSettings.webhook(
              UrlTemplate.parse("http://127.0.0.1:" + server.port() + "/"),
              List.<Map.Entry<String, String>>of(),
              Duration.ofSeconds(30),
              65_536,
              WebhookSettings.DEFAULT_MAX_REPLIES,
              WebhookSettings.connectionsFor(Concurrency.MAX),
              "test"),
          DOMAIN,
          loops,
          event -> {});
  private final Dispatcher dispatcher =
      new Dispatcher(
          DOMAIN,
          TestSettings.dispatch(
              EnumSet.of(StanzaKind.MESSAGE),
              new FlowSettings(Concurrency.AUTO, 1000, Overload.BACKPRESSURE),
              RetrySettings.DEFAULT),
          stanza -> null,
          webhook,
          stanzas -> Mono.empty(),
          new DeliveryListener() {},
          DispatchClock.system(),
          MemoryJournal::new);

  private final Sinks.Empty<Void> enough = Sinks.empty();

  @BeforeEach
  void flood() {
    Flux.<Stanza, Integer>generate(
            () -> 0,
            (number, sink) -> {
              sink.next(
                  Stanzas.of(
                      "<message from='u%d@localhost' to='bot@gw.localhost'><body>x</body></message>"
                          .formatted(number)));
              return number + 1;
            })
        .takeUntilOther(enough.asMono())
        .subscribe(dispatcher.intake());
  }

  @AfterEach
  void end() {
    enough.tryEmitEmpty();
    dispatcher.drain(PATIENCE).block(PATIENCE);
    webhook.dispose().block(PATIENCE);
    server.close();
    loops.disposeLater(Duration.ofMillis(100), PATIENCE).block(PATIENCE);
  }

  @Test
  void followsTheCapacityOfTheWebhook() {
    assertLimitComesToLieBetween(32, 128);
    server.capacity(8);
    assertLimitComesToLieBetween(6, 30);
    server.capacity(100);
    assertLimitComesToLieBetween(80, 310);
  }

  private void assertLimitComesToLieBetween(int least, int most) {
    Integer found =
        Flux.interval(Duration.ofMillis(50))
            .onBackpressureDrop()
            .map(tick -> dispatcher.concurrencyLimit())
            .filter(limit -> limit >= least && limit <= most)
            .blockFirst(PATIENCE);
    assertThat(found).isNotNull();
  }
}
