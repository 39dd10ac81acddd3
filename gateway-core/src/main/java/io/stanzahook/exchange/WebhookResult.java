package io.stanzahook.exchange;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaError;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How one webhook call ended. */
public sealed interface WebhookResult {

  /** The HTTP status, or 0 if no response came. */
  int status();

  /**
   * Whether it shows that the webhook could not keep up: it refused, timed out, or asked for less.
   * For a batch, whether most of its stanzas show that.
   */
  default boolean isOverload() {
    return false;
  }

  /** The result of one stanza of a batch. */
  default WebhookResult of(int index) {
    return this instanceof AnsweredEach answered ? answered.each().get(index) : this;
  }

  /**
   * A 2xx that was understood.
   *
   * @param replies what to send, in order; empty for no reply. To an iq request exactly one of them
   *     is its answer: an iq of type result or error with the request's id and addresses swapped.
   * @param dropped why replies were not sent, in order
   * @param hint for the log: what the webhook's author may have meant instead, with the remedy; or
   *     null
   * @param local whether the gateway answers the iq request itself. If so, no reply is its answer
   */
  record Answered(
      int status,
      List<OutboundStanza> replies,
      List<DroppedReply> dropped,
      @Nullable String hint,
      boolean local)
      implements WebhookResult {
    public Answered {
      replies = List.copyOf(replies);
      dropped = List.copyOf(dropped);
    }

    /** Without a hint. */
    public Answered(int status, List<OutboundStanza> replies, List<DroppedReply> dropped) {
      this(status, replies, dropped, null, false);
    }

    /** The same, but the gateway answers the iq request. */
    Answered locally() {
      return new Answered(status, replies, dropped, hint, true);
    }

    /** The same with a hint. */
    public Answered withHint(String text) {
      return new Answered(status, replies, dropped, text, local);
    }
  }

  /**
   * A 2xx to a batch: each stanza has its own result.
   *
   * @param each in the order of the batch
   * @param surplus what was in the response and belongs to no stanza of the batch; null for nothing
   */
  record AnsweredEach(int status, List<WebhookResult> each, @Nullable DroppedReply surplus)
      implements WebhookResult {
    public AnsweredEach {
      each = List.copyOf(each);
    }

    @Override
    public boolean isOverload() {
      int overloaded = 0;
      for (int i = 0; i < each.size(); i++) {
        overloaded += each.get(i).isOverload() ? 1 : 0;
      }
      return 2 * overloaded > each.size();
    }
  }

  /**
   * Anything that makes the call fail.
   *
   * @param outcome what is known about it, which decides whether to try again
   * @param error what the sender is told if the delivery fails for good
   * @param detail for the log: what happened, in one line, without bodies and secrets
   * @param retryAfter the response's {@code Retry-After}, from now on, or null
   * @param response the beginning of the response's body, for the operator and not for the log;
   *     empty if none came
   */
  record Failed(
      Outcome outcome,
      int status,
      StanzaError error,
      String detail,
      @Nullable Duration retryAfter,
      String response)
      implements WebhookResult {
    /** Statuses by which a webhook or a proxy says that there are too many calls. */
    private static final Set<Integer> OVERLOADING =
        Set.of(408, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530);

    @Override
    public boolean isOverload() {
      return !outcome.isAnswer() || OVERLOADING.contains(status);
    }

    /** Without a response's body. */
    public Failed(
        Outcome outcome,
        int status,
        StanzaError error,
        String detail,
        @Nullable Duration retryAfter) {
      this(outcome, status, error, detail, retryAfter, "");
    }
  }

  /** What is known about a call that failed. It decides whether to retry. */
  enum Outcome {
    /** It was certainly not processed: there was no connection, or it was never written. */
    NOT_SENT("not_sent"),
    /** The webhook answered with a status. */
    ANSWERED("answered"),
    /** It was sent, but no whole response came. It may have been processed. */
    UNKNOWN("unknown"),
    /**
     * The webhook answered, but not with an HTTP response. It was processed, with an unknown
     * result.
     */
    UNDECODABLE("undecodable"),
    /**
     * No call was made, because the endpoint is not called for {@code retryAfter}, or if that is
     * null, until the configuration changes.
     */
    HELD_BACK("held_back");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** Whether the webhook is there and said something, even if that makes no sense. */
    public boolean isAnswer() {
      return this == ANSWERED || this == UNDECODABLE;
    }

    /** The value in metrics and logs. */
    public String label() {
      return label;
    }
  }
}
