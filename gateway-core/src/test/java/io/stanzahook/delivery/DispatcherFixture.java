package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stanzahook.FanOut;
import io.stanzahook.TestSettings;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.order.Concurrency;
import io.stanzahook.spool.DiskJournal;
import io.stanzahook.spool.Spool;
import io.stanzahook.spool.SpoolListener;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A dispatcher in virtual time, with a webhook and a stream that do what the test says. */
abstract class DispatcherFixture {
  final VirtualTimeScheduler time = VirtualTimeScheduler.create();

  /** Calls in flight, by the stanza's id, in the order they began. */
  final Map<String, MonoSink<WebhookResult>> calls = new LinkedHashMap<>();

  final List<String> begun = new ArrayList<>();

  /** Of each call: stanza, attempt and the time since the start, {@code "1#2 at 150"}. */
  final List<String> attempts = new ArrayList<>();

  final List<String> webhookIds = new ArrayList<>();
  final List<Stanza> posted = new ArrayList<>();

  /** What chance says. */
  double random = 0.999999;

  final List<OutboundStanza> sent = new ArrayList<>();
  UnaryOperator<Stanza> keptAs = UnaryOperator.identity();
  final Deque<MonoSink<Void>> unwritten = new ArrayDeque<>();
  final Recorder recorder = new Recorder();

  /** Told of the deliveries as well. */
  DeliveryListener also = DeliveryListener.NONE;

  boolean holdWrites;
  private final ListAppender<ILoggingEvent> faults = new ListAppender<>();

  static final class Recorder implements DeliveryListener {
    final List<String> settled = new ArrayList<>();
    final List<RefusalReason> refused = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();
    final List<String> retrying = new ArrayList<>();
    final List<String> givenUp = new ArrayList<>();
    final List<String> held = new ArrayList<>();
    final List<String> bots = new ArrayList<>();
    final List<String> waiting = new ArrayList<>();

    @Override
    public void waiting(Stanza stanza, String webhookId) {
      waiting.add(String.valueOf(stanza.id()));
    }

    @Override
    public void waitingRefused(Stanza stanza, String webhookId, RefusalReason reason) {
      waiting.add("%s ended by %s".formatted(stanza.id(), reason.label()));
    }

    @Override
    public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
      held.add(
          "%s for %d ms%s"
              .formatted(
                  stanza.id(), TimeUnit.NANOSECONDS.toMillis(nanos), first ? ", the first" : ""));
    }

    @Override
    public void looksLikeBots(Stanza stanza) {
      bots.add(String.valueOf(stanza.id()));
    }

    @Override
    public void retrying(
        Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
      retrying.add(
          "%s#%d in %d".formatted(stanza.id(), attempt, TimeUnit.NANOSECONDS.toMillis(in)));
    }

    @Override
    public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
      givenUp.add("%s after %d".formatted(stanza.id(), attempts));
    }

    @Override
    public void settled(Stanza stanza, String webhookId, long nanos) {
      settled.add(String.valueOf(stanza.id()));
    }

    @Override
    public void refused(Stanza stanza, RefusalReason reason) {
      refused.add(reason);
    }

    @Override
    public void dropped(Stanza stanza, String webhookId, DroppedReply reply) {
      dropped.add(reply.reason().label());
    }
  }

  @BeforeEach
  void listenForFaults() {
    faults.start();
    ((Logger) LoggerFactory.getLogger(Dispatcher.class)).addAppender(faults);
  }

  /** What was said to be wrong so far, which is then expected. */
  List<String> faults() {
    List<String> said = faults.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    faults.list.clear();
    return said;
  }

  @AfterEach
  void noFaults() {
    time.dispose();
    ((Logger) LoggerFactory.getLogger(Dispatcher.class)).detachAppender(faults);
    assertThat(faults()).isEmpty();
  }

  static DispatchSettings settings(int concurrency, int queue, Overload overload) {
    return TestSettings.dispatch(
        EnumSet.of(StanzaKind.MESSAGE, StanzaKind.IQ),
        new FlowSettings(Concurrency.of(concurrency), queue, overload),
        RetrySettings.NEVER);
  }

  /** The virtual time, which began at the epoch, and what chance says. */
  DispatchClock clock() {
    return new DispatchClock(
        () -> time.now(TimeUnit.NANOSECONDS),
        () -> time.now(TimeUnit.MILLISECONDS),
        time,
        () -> random);
  }

  TestPublisher<Stanza> start(Dispatcher dispatcher) {
    TestPublisher<Stanza> stream = TestPublisher.create();
    stream.subscribe(dispatcher.intake());
    return stream;
  }

  Dispatcher dispatcher(DispatchSettings settings) {
    return dispatcher(settings, MemoryJournal::new);
  }

  Dispatcher spooled(DispatchSettings settings, Function<SpoolListener, Spool> spool) {
    return dispatcher(
        settings,
        DiskJournal.opener(
            spool,
            "gw.localhost",
            Runnable::run,
            clock(),
            stanza -> keptAs.apply(stanza),
            count -> {}));
  }

  Dispatcher dispatcher(DispatchSettings settings, Journal.Opener journal) {
    return new Dispatcher(
        "gw.localhost",
        settings,
        DispatcherFixture::local,
        webhook(),
        new Stream(),
        new FanOut(List.of(recorder, also), List.of()),
        clock(),
        journal);
  }

  /** Leaves each call to the test. */
  Webhook webhook() {
    return (stanza, webhookId, attempt) ->
        Mono.create(
            sink -> {
              String id = String.valueOf(stanza.id());
              begun.add(id);
              posted.add(stanza);
              webhookIds.add(webhookId);
              attempts.add("%s#%d at %d".formatted(id, attempt, time.now(TimeUnit.MILLISECONDS)));
              calls.put(id, sink);
              sink.onDispose(() -> calls.remove(id, sink));
            });
  }

  /** Writes, or holds writes, and knows what is kept as a test has it. */
  private final class Stream implements Outbound {
    @Override
    public Mono<Void> send(List<OutboundStanza> stanzas) {
      return Mono.create(
          sink -> {
            sent.addAll(stanzas);
            if (holdWrites) {
              unwritten.add(sink);
            } else {
              sink.success();
            }
          });
    }
  }

  static Stanza message(String from, String id) {
    return Stanzas.of(
        "<message from='%s' to='bot@gw.localhost' id='%s' type='chat'><body>x</body></message>"
            .formatted(from, id));
  }

  private static @Nullable List<OutboundStanza> local(Stanza stanza) {
    if (stanza instanceof Iq iq && iq.hasPayload("urn:xmpp:ping", "ping")) {
      return List.of(OutboundStanza.result(iq, null));
    }
    return stanza.kind() == StanzaKind.PRESENCE ? List.of() : null;
  }

  static Stanza iqPing(String from, String id) {
    return Stanzas.of(
        "<iq from='%s' to='bot@gw.localhost' id='%s' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
            .formatted(from, id));
  }

  static Stanza iq(String from, String id) {
    return Stanzas.of(
        "<iq from='%s' to='bot@gw.localhost' id='%s' type='get'><q xmlns='u'/></iq>"
            .formatted(from, id));
  }

  void answer(String id, String body) {
    XmlElement reply =
        XmlElement.builder("jabber:component:accept", "message")
            .attribute("to", "a@b")
            .attribute("from", "bot@gw.localhost")
            .textChild("jabber:component:accept", "body", body)
            .build();
    calls
        .get(id)
        .success(new WebhookResult.Answered(200, List.of(OutboundStanza.of(reply)), List.of()));
  }

  void fail(String id, WebhookResult.Outcome outcome, int status, @Nullable Duration retryAfter) {
    calls
        .get(id)
        .success(
            new WebhookResult.Failed(
                outcome,
                status,
                ErrorCondition.REMOTE_SERVER_TIMEOUT.error("Away."),
                "away",
                retryAfter));
  }

  void answerNothing(String id) {
    calls.get(id).success(new WebhookResult.Answered(204, List.of(), List.of()));
  }

  List<String> sentBodies() {
    return sent.stream()
        .map(s -> s.element().child("jabber:component:accept", "body"))
        .map(b -> b == null ? "-" : b.text())
        .toList();
  }

  static void assertError(OutboundStanza stanza, String type, String condition) {
    assertThat(stanza.type()).isEqualTo("error");
    XmlElement error = stanza.element().child("jabber:component:accept", "error");
    assertThat(error).isNotNull();
    assertThat(error.attribute("type")).isEqualTo(type);
    assertThat(error.child("urn:ietf:params:xml:ns:xmpp-stanzas", condition)).isNotNull();
  }
}
