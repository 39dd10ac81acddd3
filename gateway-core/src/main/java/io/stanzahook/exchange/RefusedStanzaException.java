package io.stanzahook.exchange;

/** A stanza is not sent. The message says in one line what is wrong with it. */
public final class RefusedStanzaException extends Exception {
  private static final long serialVersionUID = 1L;

  private final DroppedReply.Reason reason;

  RefusedStanzaException(DroppedReply why) {
    super(why.detail());
    this.reason = why.reason();
  }

  /** What is wrong with it. */
  public DroppedReply.Reason reason() {
    return reason;
  }
}
