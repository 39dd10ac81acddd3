package io.stanzahook.delivery;

import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Batching;
import io.stanzahook.webhook.Webhook;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A stanza through its lane, from the stream to the reply: turns, order, backlog, and the operators
 * between, with a webhook and a socket that cost nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DispatchBenchmark {
  private static final int CONCURRENCY = 256;
  private static final int QUEUE = 10_000;
  private static final int BATCH = 50;

  /** A power of two. */
  @Param({"1024", "65536"})
  public int conversations;

  /** For threads: while the dispatcher's own timer is at work, its thread takes over stanzas. */
  private final Queue<MonoSink<WebhookResult>> calls = new ConcurrentLinkedQueue<>();

  private Stanza[] stanzas;
  private CoreSubscriber<? super Stanza> immediate;
  private CoreSubscriber<? super Stanza> waiting;
  private CoreSubscriber<? super Stanza> batched;
  private MonoSink<WebhookResult> batchCall;
  private Batch batch;
  private WebhookResult batchAnswer;
  private WebhookResult answer;
  private Subscription nothing;
  private long settled;
  private int next;

  /** Builds dispatchers whose stream is subscribed. */
  @Setup(Level.Trial)
  public void start() {
    stanzas = new Stanza[conversations];
    for (int i = 0; i < conversations; i++) {
      stanzas[i] = DispatcherFixture.message("u" + i + "@localhost/res", "m" + i);
    }
    OutboundStanza reply =
        OutboundStanza.of(
            OutboundStanza.answer(stanzas[0], "chat")
                .textChild("jabber:component:accept", "body", "Did you say hello?")
                .build());
    answer = new WebhookResult.Answered(200, List.of(reply), List.of());
    nothing =
        new Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        };
    immediate = intake((stanza, id, attempt) -> Mono.just(answer));
    waiting = intake((stanza, id, attempt) -> Mono.create(calls::add));
    batchAnswer = new WebhookResult.AnsweredEach(200, Collections.nCopies(BATCH, answer), null);
    batched = intake(new Batches(), 1, BATCH);
    for (int i = 0; i <= BATCH; i++) {
      batched.onNext(next());
    }
    batchCall.success(new WebhookResult.AnsweredEach(200, List.of(answer), null));
    // Every lane is taken or waited for: each answer lets the next stanza be called.
    for (int i = 0; i < 4 * CONCURRENCY; i++) {
      waiting.onNext(next());
    }
  }

  /** Takes batches, and leaves each to whoever answers it. */
  private final class Batches implements Webhook, Batching {
    @Override
    public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
      throw new IllegalStateException("all go in batches");
    }

    @Override
    public Batching batching() {
      return this;
    }

    @Override
    public Mono<WebhookResult> post(Batch those) {
      return Mono.create(
          sink -> {
            batch = those;
            batchCall = sink;
          });
    }

    @Override
    public Object destination(Stanza stanza) {
      return null;
    }

    @Override
    public int bound(Stanza stanza) {
      return 1_000;
    }

    @Override
    public int size(Batch those) {
      throw new IllegalStateException("none is too large");
    }
  }

  private CoreSubscriber<Stanza> intake(Webhook webhook) {
    return intake(webhook, CONCURRENCY, 1);
  }

  private CoreSubscriber<Stanza> intake(Webhook webhook, int concurrency, int together) {
    CoreSubscriber<Stanza> intake =
        new Dispatcher(
                "gw.localhost",
                Settings.with(
                    DispatcherFixture.settings(
                        concurrency, QUEUE, FlowSettings.Overload.BACKPRESSURE),
                    "flow",
                    new FlowSettings(
                            Concurrency.of(concurrency), QUEUE, FlowSettings.Overload.BACKPRESSURE)
                        .withBatch(BatchSettings.of(together))),
                stanza -> null,
                webhook,
                sent -> {
                  settled++;
                  return Mono.empty();
                },
                DeliveryListener.NONE,
                DispatchClock.system(),
                MemoryJournal::new)
            .intake();
    intake.onSubscribe(nothing);
    return intake;
  }

  /** Ends what ticks. */
  @TearDown(Level.Trial)
  public void end() {
    immediate.onComplete();
    waiting.onComplete();
    batched.onComplete();
  }

  private Stanza next() {
    return stanzas[next++ & (conversations - 1)];
  }

  /** The call has its answer at once: nothing ever waits. */
  @Benchmark
  public long immediate() {
    immediate.onNext(next());
    return settled;
  }

  /** A call with 50 in flight: 50 come, and the 50 in the call are answered. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long batched() {
    for (int i = 0; i < BATCH; i++) {
      batched.onNext(next());
    }
    if (batch.size() != BATCH) {
      throw new IllegalStateException("a batch of " + batch.size());
    }
    batchCall.success(batchAnswer);
    return settled;
  }

  /** 256 calls in flight and 768 stanzas behind them: one comes, one is answered. */
  @Benchmark
  public long waiting() {
    waiting.onNext(next());
    MonoSink<WebhookResult> call = calls.poll();
    while (call == null) {
      Thread.onSpinWait();
      call = calls.poll();
    }
    call.success(answer);
    return settled;
  }
}
