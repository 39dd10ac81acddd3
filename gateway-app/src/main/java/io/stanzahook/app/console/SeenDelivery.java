package io.stanzahook.app.console;

import io.stanzahook.stanza.Jid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as it stood when it was looked at.
 *
 * @param revision grows with each change of any delivery
 * @param stanzaId the sender's id for the stanza
 * @param kind the stanza's element
 * @param beganAt when it was first seen, in milliseconds since 1970: it waited, or was called
 * @param begun how many webhook calls began
 * @param batch the id of the batch that its last call was made with; empty without one
 * @param batchSize how many stanzas are in that
 * @param attempts the last of those that ended
 * @param outcome where it stands
 * @param nanos from its receipt until it was settled; 0 before
 * @param replies how many the webhook gave
 * @param dropped why replies were not sent
 * @param preview the beginning of a message's body; empty unless bodies are kept
 * @param stanza its XML, cut; empty unless bodies are kept
 * @param response replies as XML, or the beginning of a response that was refused; likewise
 * @param exchanges its last calls as they went over the wire; empty unless something saw them
 * @param nextAt from when on it is called again, or its answer leaves, in milliseconds since 1970;
 *     0 where neither is awaited
 * @param problem why it failed without a call, in one line; empty where it did not
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
    String batch,
    int batchSize,
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
  /** How the ids begin of deliveries that somebody had made again. */
  private static final String AGAIN = "again_";

  public SeenDelivery {
    attempts = List.copyOf(attempts);
    dropped = List.copyOf(dropped);
    exchanges = List.copyOf(exchanges);
  }

  /** Whether it is another one's repetition, which somebody asked for. */
  public boolean isAgain() {
    return webhookId.startsWith(AGAIN);
  }

  /** Where a delivery stands. */
  public enum Outcome {
    /** It waits for its first call. */
    WAITING("waiting"),
    /** A call is in flight. */
    CALLING("calling"),
    /** A call failed, and another one follows. */
    RETRYING("retrying"),
    /** No call is made, as the endpoint is down; another one follows. */
    HELD_BACK("held_back"),
    /** The webhook answered; its replies are being written. */
    ANSWERED("answered"),
    /** The webhook answered; its replies wait, as the conversation has had enough for now. */
    ANSWER_HELD("answer_held"),
    /** All is done. */
    SETTLED("settled"),
    /** The webhook answered 200 with what is no reply. */
    UNREADABLE("unreadable"),
    /** It failed for good. */
    GIVEN_UP("given_up"),
    /** It failed for good, and is kept as a dead letter. */
    BURIED("buried");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** Whether nothing more becomes of it. */
    public boolean isEnd() {
      return this == SETTLED || this == UNREADABLE || this == GIVEN_UP || this == BURIED;
    }

    /** The value in JSON. */
    public String label() {
      return label;
    }
  }
}
