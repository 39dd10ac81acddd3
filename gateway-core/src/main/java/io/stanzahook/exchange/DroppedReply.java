package io.stanzahook.exchange;

/**
 * A reply of the webhook, or a part of one, that the gateway did not send.
 *
 * @param reason for metrics
 * @param detail for the log: what was wrong with it, in one line
 * @param response the beginning of the response's body if all of it is of no use, for the operator
 *     and not for the log; otherwise empty
 * @param told whether the log has said it about another stanza of the same batch
 */
public record DroppedReply(Reason reason, String detail, String response, boolean told) {

  /** A reply that the log will mention. */
  public DroppedReply(Reason reason, String detail, String response) {
    this(reason, detail, response, false);
  }

  /** A reply of a response that could be read. */
  public DroppedReply(Reason reason, String detail) {
    this(reason, detail, "");
  }

  /** The same for another stanza of the same batch. */
  DroppedReply again() {
    return new DroppedReply(reason, detail, response, true);
  }

  /** Why a reply was dropped: the label's values in {@code webhook_replies_dropped_total}. */
  public enum Reason {
    /** The response is not JSON, XML or text as its content type says. */
    UNREADABLE("unreadable"),
    /** A property has the wrong type or an impossible value. */
    INVALID("invalid"),
    /** A part of it has an impossible value and was left out. The rest was sent. */
    PART("part"),
    /** The {@code stanza} property is not one well-formed message, presence or iq. */
    BAD_STANZA("bad_stanza"),
    /** Its {@code from} lies outside the component's domain. */
    FOREIGN_FROM("foreign_from"),
    /** The response body, or a stanza made of it, is larger than allowed. */
    TOO_LARGE("too_large"),
    /** There are too many replies: a second answer to an iq, or more than an array may have. */
    SURPLUS("surplus"),
    /** The stanza may not be answered: an error, or the result of an iq. */
    UNANSWERABLE("unanswerable"),
    /** There was no stream for longer than a reply is kept. */
    AGED_OUT("aged_out");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /** The label's value. */
    public String label() {
      return label;
    }
  }
}
