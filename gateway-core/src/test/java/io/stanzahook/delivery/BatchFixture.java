package io.stanzahook.delivery;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.Batching;
import io.stanzahook.webhook.Webhook;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** A dispatcher whose webhook takes batches, and leaves each to the test. */
abstract class BatchFixture extends DispatcherFixture {
  /** A call in flight, with what it had when it began. */
  record BatchCall(Batch batch, List<String> ids, MonoSink<WebhookResult> sink) {}

  final List<BatchCall> open = new ArrayList<>();

  /** Of each call: the ids of its stanzas and of the batch, its attempt and the time. */
  final List<String> posts = new ArrayList<>();

  final List<String> batchIds = new ArrayList<>();

  /** What stanzas have to have equal to be in one batch. */
  Function<Stanza, @Nullable Object> destination = stanza -> null;

  static DispatchSettings batched(int concurrency, int batch) {
    return Settings.with(
        Settings.with(
            settings(concurrency, 1000, Overload.BACKPRESSURE),
            "flow",
            new FlowSettings(Concurrency.of(concurrency), 1000, Overload.BACKPRESSURE)
                .withBatch(BatchSettings.of(batch))),
        "retry",
        RetrySettings.DEFAULT);
  }

  /** Counts dispatchers: the calls of those before the last one come from the dead. */
  private int dispatchers;

  @Override
  Webhook webhook() {
    Webhook one = super.webhook();
    int mine = ++dispatchers;
    return new Webhook() {
      @Override
      public Mono<WebhookResult> post(Stanza stanza, String webhookId, int attempt) {
        return one.post(stanza, webhookId, attempt);
      }

      @Override
      public Batching batching() {
        return new Calls(mine);
      }
    };
  }

  private Mono<WebhookResult> posted(Batch batch, int by) {
    if (by != dispatchers) {
      return Mono.never();
    }
    return Mono.create(
        sink -> {
          List<String> ids = new ArrayList<>();
          for (int i = 0; i < batch.size(); i++) {
            ids.add(String.valueOf(batch.stanza(i).id()));
          }
          BatchCall call = new BatchCall(batch, ids, sink);
          posts.add(
              "%s#%d at %d"
                  .formatted(
                      String.join("+", ids), batch.attempt(), time.now(TimeUnit.MILLISECONDS)));
          batchIds.add(batch.id());
          open.add(call);
          sink.onDispose(() -> open.remove(call));
          begins(call);
        });
  }

  /** A call has begun. */
  void begins(BatchCall call) {}

  /** Takes batches of one dispatcher. */
  private final class Calls implements Batching {
    private final int by;

    Calls(int by) {
      this.by = by;
    }

    @Override
    public Mono<WebhookResult> post(Batch batch) {
      return posted(batch, by);
    }

    @Override
    public @Nullable Object destination(Stanza stanza) {
      return destination.apply(stanza);
    }

    @Override
    public int bound(Stanza stanza) {
      return 2 * sizeOf(stanza);
    }

    @Override
    public int size(Batch batch) {
      return sizeOf(batch);
    }
  }

  static int sizeOf(Batch batch) {
    int size = 2;
    for (int i = 0; i < batch.size(); i++) {
      size += sizeOf(batch.stanza(i)) + (i == 0 ? 0 : 1);
    }
    return size;
  }

  private static int sizeOf(Stanza stanza) {
    return stanza.xml().length();
  }

  BatchCall call(int index) {
    return open.get(index);
  }

  /** Each of the oldest call gets its result. */
  void answerEach(WebhookResult... results) {
    call(0).sink().success(new WebhookResult.AnsweredEach(200, List.of(results), null));
  }

  /** The oldest call fails as a whole. */
  void failAll(Outcome outcome, int status) {
    call(0).sink().success(failure(outcome, status, null));
  }

  static Answered reply(String body) {
    XmlElement reply =
        XmlElement.builder("jabber:component:accept", "message")
            .attribute("to", "a@b")
            .attribute("from", "bot@gw.localhost")
            .attribute("id", "re-" + body)
            .textChild("jabber:component:accept", "body", body)
            .build();
    return new Answered(200, List.of(OutboundStanza.of(reply)), List.of());
  }

  static Answered nothing() {
    return new Answered(200, List.of(), List.of());
  }

  static Answered unreadable() {
    return new Answered(
        200, List.of(), List.of(new DroppedReply(DroppedReply.Reason.UNREADABLE, "unreadable")));
  }

  static Failed status(int status) {
    return failure(Outcome.ANSWERED, status, null);
  }

  static Failed failure(Outcome outcome, int status, @Nullable Duration retryAfter) {
    return new Failed(
        outcome,
        status,
        ErrorCondition.NOT_ACCEPTABLE.error("No."),
        "status " + status,
        retryAfter);
  }
}
