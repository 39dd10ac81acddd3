package io.stanzahook.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.ErrorType;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.trace.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryObservationsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Stanza HELLO =
      new Message(
          new StanzaHeader(Jid.of("bot@gw"), Jid.of("a@b"), "1", "chat", null),
          "hello",
          null,
          null,
          List.of(),
          StanzaXml.of("<message/>"));
  private static final WebhookResult ANSWERED =
      new WebhookResult.Answered(200, List.of(), List.of());

  private final ObservationRegistry registry = ObservationRegistry.create();
  private final List<CallObservation> ended = new ArrayList<>();

  DeliveryObservationsTest() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<CallObservation>() {
              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof CallObservation;
              }

              @Override
              public void onStop(CallObservation context) {
                ended.add(context);
              }
            });
  }

  private DeliveryObservations observations(Tracing tracing) {
    return new DeliveryObservations(registry, tracing, "gw", () -> NOW);
  }

  @Test
  void aCallAndItsDeliveryAreObservedOnceTheyEnd() {
    Tracing tracing = Tracing.on(1);
    DeliveryObservations observations = observations(tracing);
    observations.calling(HELLO, "w1", 1);
    assertThat(ended).isEmpty();

    observations.called(HELLO, "w1", 1, ANSWERED, Duration.ofMillis(30).toNanos());
    observations.settled(HELLO, "w1", Duration.ofSeconds(2).toNanos());

    assertThat(ended).hasSize(2);
    CallObservation call = ended.get(0);
    assertThat(call.getName()).isEqualTo(DeliveryObservations.CALL);
    assertThat(call.component()).isEqualTo("gw");
    assertThat(call.webhookId()).isEqualTo("w1");
    assertThat(call.attempt()).isEqualTo(1);
    assertThat(call.result()).isEqualTo(ANSWERED);
    assertThat(call.end()).isEqualTo(NOW);
    assertThat(call.start()).isEqualTo(NOW.minusMillis(30));
    assertThat(call.trace()).isEqualTo(tracing.of("w1", 1));
    assertThat(call.parent()).isEqualTo(tracing.of("w1", 0));
    CallObservation delivery = ended.get(1);
    assertThat(delivery.getName()).isEqualTo(DeliveryObservations.DELIVERY);
    assertThat(delivery.attempt()).isZero();
    assertThat(delivery.result()).isNull();
    assertThat(delivery.start()).isEqualTo(NOW.minusSeconds(2));
    assertThat(delivery.trace()).isEqualTo(call.parent());
  }

  @Test
  void whatIsNotSampledOrNotCalledIsNotObserved() {
    observations(Tracing.on(0)).called(HELLO, "w1", 1, ANSWERED, 1);
    observations(Tracing.OFF).settled(HELLO, "w1", 1);
    observations(Tracing.on(1))
        .called(
            HELLO,
            "w1",
            1,
            new WebhookResult.Failed(
                WebhookResult.Outcome.HELD_BACK,
                0,
                new StanzaError(ErrorType.WAIT, ErrorCondition.REMOTE_SERVER_TIMEOUT, "x"),
                "held back",
                null),
            1);

    assertThat(ended).isEmpty();
  }
}
