package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import org.jspecify.annotations.Nullable;

/** What a request takes of who makes it. */
enum Access {
  /** Nothing: everybody may. */
  OPEN,
  /** Credentials that may send. */
  SEND,
  /** Credentials that may look at the gateway. */
  LOOK,
  /** Credentials that may change something about it. */
  CHANGE;

  /** Why a caller may not, and which word opens it; null where they may. */
  @Nullable String refusal(ApiCaller caller) {
    return switch (this) {
      case OPEN -> null;
      case SEND ->
          caller.maySend()
              ? null
              : "these credentials may look and not send: their line of --api-token-file says"
                  + " 'read' and has no JIDs to send from";
      case LOOK ->
          caller.mayLook()
              ? null
              : "these credentials may send, and nothing else: the word 'read' or 'admin' in their"
                  + " line of --api-token-file opens /admin";
      case CHANGE ->
          caller.mayChange()
              ? null
              : caller.mayLook()
                  ? "these credentials may look and change nothing: that takes the word 'admin' in"
                      + " their line of --api-token-file"
                  : "these credentials may send, and nothing else: the word 'admin' in their line"
                      + " of --api-token-file opens /admin";
    };
  }
}
