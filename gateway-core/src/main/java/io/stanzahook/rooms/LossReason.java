package io.stanzahook.rooms;

import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.StanzaError;

/** Why we are not in a room where we were asked to be. */
public enum LossReason {
  /** Status 307. */
  KICKED("kicked", "kicked", false),
  /** 301, or not let in again for it. */
  BANNED("banned", "banned", true),
  DESTROYED("destroyed", "the room was destroyed", true),
  /** 321, 322, or not let in for it. */
  MEMBERS_ONLY("members_only", "the room is for members only: make this address a member", true),
  /** 332. */
  SHUTDOWN("shutdown", "the room service is shutting down", false),
  /** 333. */
  ERROR("error", "the room could not reach us, or got an error from us", false),
  /** Refused, for a reason that may last. */
  REFUSED("refused", "the room does not let us in", true),
  /** Refused, for a reason that will pass. */
  AWAY("away", "the room or its service is away", false),
  NICK_TAKEN("nick_taken", "somebody else has the nick", false),
  TIMEOUT("timeout", "the room does not answer", false),
  /** The room says that we are not in it. */
  NOT_IN("not_in", "the room no longer knows us", false),
  STREAM("stream", "the stream to the server was lost", false),
  OTHER("other", "the room says that we have left", false);

  private final String label;
  private final String words;
  private final boolean lasting;

  LossReason(String label, String words, boolean lasting) {
    this.label = label;
    this.words = words;
    this.lasting = lasting;
  }

  /** The label's value in {@code rooms_lost_total}. */
  public String label() {
    return label;
  }

  /** For a person. */
  public String words() {
    return words;
  }

  /** Whether a person has to act before we can come back. Then attempts are rare. */
  boolean isLasting() {
    return lasting;
  }

  /** Why the room says that we are out (XEP-0045, 15.6.2). */
  static LossReason of(RoomWords out) {
    if (out.destroyed()) {
      return DESTROYED;
    }
    return out.has("301")
        ? BANNED
        : out.has("333")
            ? ERROR
            : out.has("332")
                ? SHUTDOWN
                : out.has("321") || out.has("322") ? MEMBERS_ONLY : out.has("307") ? KICKED : OTHER;
  }

  /** Why a room does not let us in (XEP-0045, 7.2). */
  static LossReason of(StanzaError refusal) {
    return switch (refusal.condition()) {
      case CONFLICT -> NICK_TAKEN;
      case FORBIDDEN -> BANNED;
      case REGISTRATION_REQUIRED -> MEMBERS_ONLY;
      case NOT_AUTHORIZED, NOT_ALLOWED, NOT_ACCEPTABLE, JID_MALFORMED, BAD_REQUEST -> REFUSED;
      default -> AWAY;
    };
  }

  /** Whether an error says that there is no room to be in any more. */
  static boolean isGone(ErrorCondition condition) {
    return switch (condition) {
      case GONE,
          ITEM_NOT_FOUND,
          RECIPIENT_UNAVAILABLE,
          REMOTE_SERVER_NOT_FOUND,
          REMOTE_SERVER_TIMEOUT,
          SERVICE_UNAVAILABLE ->
          true;
      default -> false;
    };
  }
}
