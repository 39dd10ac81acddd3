package io.stanzahook.app.console;

import io.stanzahook.stanza.Jid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a delivery.
 *
 * @param revision grows with each change of any delivery
 * @param stanzaId the sender's id for the stanza
 * @param kind the stanza's element
 * @param beganAt when it was first seen, waiting or called, in milliseconds since 1970
 * @param begun how many webhook calls began
 * @param batches the last batches that it was called in, that of its last call at the end; empty
 *     without any
 * @param attempts its last attempts that ended
 * @param outcome its state
 * @param nanos the time from its receipt until it was delivered or failed; 0 before
 * @param replies how many replies the webhook gave
 * @param dropped why replies were not sent
 * @param preview the beginning of a message's body; empty unless bodies are kept
 * @param stanza its XML, shortened; empty unless bodies are kept
 * @param response replies as XML, or the beginning of a refused response; empty unless bodies are
 *     kept
 * @param exchanges its last calls as HTTP messages; empty unless they were recorded
 * @param nextAt when it is called again, or its answer leaves, in milliseconds since 1970; 0 if
 *     neither is expected
 * @param problem why it failed without a call, in one line; empty if it did not
 */
public record SeenDelivery(
    long revision,
    String webhookId,
    @Nullable String stanzaId,
    Jid from,
    Jid to,
    String kind,
    @Nullable String type,
    long beganAt,
    int begun,
    List<SeenBatch> batches,
    List<SeenAttempt> attempts,
    Outcome outcome,
    long nanos,
    int replies,
    List<String> dropped,
    String preview,
    String stanza,
    String response,
    List<SeenExchange> exchanges,
    long nextAt,
    String problem) {
  /** The prefix of the ids of repeated deliveries. */
  private static final String AGAIN = "again_";

  public SeenDelivery {
    batches = List.copyOf(batches);
    attempts = List.copyOf(attempts);
    dropped = List.copyOf(dropped);
    exchanges = List.copyOf(exchanges);
  }

  /** The batch of its last call; null without one. */
  public @Nullable SeenBatch batch() {
    return batches.isEmpty() ? null : batches.get(batches.size() - 1);
  }

  /** Whether it was called in that batch. */
  public boolean wasIn(String batch) {
    return batches.stream().anyMatch(each -> each.id().equals(batch));
  }

  /** Whether it repeats another delivery, because somebody asked for it. */
  public boolean isAgain() {
    return webhookId.startsWith(AGAIN);
  }

  /** The state of a delivery. */
  public enum Outcome {
    /** It waits for its first call. */
    WAITING("waiting"),
    /** A call is in flight. */
    CALLING("calling"),
    /** A call failed, and another one follows. */
    RETRYING("retrying"),
    /** No call is made because the endpoint is down. A call follows. */
    HELD_BACK("held_back"),
    /** The webhook answered; its replies are being written. */
    ANSWERED("answered"),
    /** The webhook answered. Its replies wait, because the conversation has reached its limit. */
    ANSWER_HELD("answer_held"),
    /** It is delivered, and its replies were sent. */
    SETTLED("settled"),
    /** The webhook answered 200, but not with a reply. */
    UNREADABLE("unreadable"),
    /** It failed for good. */
    GIVEN_UP("given_up"),
    /** It failed for good and is a dead letter. */
    BURIED("buried");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** Whether this state is final. */
    public boolean isEnd() {
      return this == SETTLED || this == UNREADABLE || this == GIVEN_UP || this == BURIED;
    }

    /** The value in JSON. */
    public String label() {
      return label;
    }
  }
}
