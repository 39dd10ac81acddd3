package io.stanzahook.exchange;

/** One reply is not sent. This does not affect the other replies of the response. */
final class RefusedReplyException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient DroppedReply dropped;

  RefusedReplyException(DroppedReply.Reason reason, String detail) {
    super(detail, null, false, false);
    this.dropped = new DroppedReply(reason, detail);
  }

  DroppedReply dropped() {
    return dropped;
  }
}
