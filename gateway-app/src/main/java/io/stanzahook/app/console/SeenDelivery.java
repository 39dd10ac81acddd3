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
 * @param beganAt when its first webhook call began, in milliseconds since 1970
 * @param begun how many webhook calls began
 * @param attempts the last of those that ended
 * @param outcome where it stands
 * @param nanos from its receipt until it was settled; 0 before
 * @param replies how many the webhook gave
 * @param dropped why replies were not sent
 * @param preview the beginning of a message's body; empty unless bodies are kept
 * @param stanza its XML, cut; empty unless bodies are kept
 * @param response replies as XML, or the beginning of a response that was refused; likewise
 * @param exchanges its last calls as they went over the wire; empty unless something saw them
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
    List<SeenAttempt> attempts,
    Outcome outcome,
    long nanos,
    int replies,
    List<String> dropped,
    String preview,
    String stanza,
    String response,
    List<SeenExchange> exchanges) {

  public SeenDelivery {
    attempts = List.copyOf(attempts);
    dropped = List.copyOf(dropped);
    exchanges = List.copyOf(exchanges);
  }

  /** Where a delivery stands. */
  public enum Outcome {
    /** A call is in flight. */
    CALLING("calling"),
    /** A call failed, and another one follows. */
    RETRYING("retrying"),
    /** The webhook answered; its replies are being written. */
    ANSWERED("answered"),
    /** All is done. */
    SETTLED("settled"),
    /** It failed for good. */
    GIVEN_UP("given_up"),
    /** It failed for good, and is kept as a dead letter. */
    BURIED("buried");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** The value in JSON. */
    public String label() {
      return label;
    }
  }
}
