package io.stanzahook.app.console;

import io.stanzahook.app.console.SeenDelivery.Outcome;
import io.stanzahook.stanza.Stanza;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One delivery of the log, without the stanza, which may be large. Guarded by the log's lock. */
final class KeptDelivery {
  private final SeenDelivery first;
  private final List<SeenAttempt> attempts = new ArrayList<>(1);
  private final List<SeenExchange> exchanges = new ArrayList<>(0);
  private final List<SeenBatch> batches = new ArrayList<>(0);
  final List<String> dropped = new ArrayList<>(0);
  Outcome outcome = Outcome.CALLING;
  String problem = "";

  /** The stanza, for another delivery; null if it is too large, or if contents are not kept. */
  final @Nullable Stanza stanza;

  String response = "";
  int begun;
  int replies;
  long nanos;
  long changed;
  long nextAt;

  /** Whether nothing more is told of it. */
  boolean over;

  KeptDelivery(
      Stanza stanza, String webhookId, long beganAt, boolean whole, String preview, String xml) {
    this.stanza = whole ? stanza : null;
    first =
        new SeenDelivery(
            0,
            webhookId,
            RecentDeliveries.cutOrNull(stanza.id()),
            stanza.from(),
            stanza.to(),
            stanza.kind().elementName(),
            RecentDeliveries.cutOrNull(stanza.type()),
            beganAt,
            0,
            List.of(),
            List.of(),
            Outcome.CALLING,
            0,
            0,
            List.of(),
            preview,
            xml,
            "",
            List.of(),
            0,
            "");
  }

  String webhookId() {
    return first.webhookId();
  }

  void add(SeenAttempt attempt) {
    if (attempts.size() == RecentDeliveries.MAX_ATTEMPTS) {
      attempts.remove(0);
    }
    attempts.add(attempt);
  }

  /** It is called in a batch, for the first time or again. */
  void add(SeenBatch batch) {
    batches.removeIf(each -> each.id().equals(batch.id()));
    if (batches.size() == RecentDeliveries.MAX_BATCHES) {
      batches.remove(0);
    }
    batches.add(batch);
  }

  /** What it was in that batch; null if it was not in it. */
  @Nullable SeenBatch in(String batch) {
    for (SeenBatch each : batches) {
      if (each.id().equals(batch)) {
        return each;
      }
    }
    return null;
  }

  /** The batch of its last call; null without one. */
  @Nullable SeenBatch lastBatch() {
    return batches.isEmpty() ? null : batches.get(batches.size() - 1);
  }

  void add(SeenExchange exchange) {
    if (exchanges.size() == RecentDeliveries.MAX_EXCHANGES) {
      exchanges.remove(0);
    }
    exchanges.add(exchange);
  }

  /** The call with this number has ended. Only its first end counts. */
  void end(int attempt, @Nullable SeenMessage answer, String problem) {
    exchanges.replaceAll(
        exchange ->
            exchange.attempt() == attempt
                    && exchange.response() == null
                    && exchange.problem().isEmpty()
                ? new SeenExchange(attempt, exchange.request(), answer, problem)
                : exchange);
  }

  void become(Outcome next, long now) {
    if (next != outcome) {
      nextAt = 0;
    }
    outcome = next;
    changed = now;
  }

  SeenDelivery seen() {
    return new SeenDelivery(
        changed,
        first.webhookId(),
        first.stanzaId(),
        first.from(),
        first.to(),
        first.kind(),
        first.type(),
        first.beganAt(),
        begun,
        batches,
        attempts,
        outcome,
        nanos,
        replies,
        dropped,
        first.preview(),
        first.stanza(),
        response,
        exchanges,
        nextAt,
        problem);
  }
}
