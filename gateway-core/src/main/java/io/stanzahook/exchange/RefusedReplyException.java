package io.stanzahook.exchange;

/** Leaves the making of one reply; the others of the response are not concerned. */
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
