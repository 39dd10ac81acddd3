package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import org.jspecify.annotations.Nullable;

/** What a request needs from its caller. */
public enum Access {
  /** Nothing. */
  OPEN,
  /** Credentials that allow sending. */
  SEND,
  /** Credentials that allow reading. */
  LOOK,
  /** Credentials that allow changes. */
  CHANGE;

  /** Why the caller is not allowed, and which word allows it; null if the caller is allowed. */
  @Nullable String refusal(ApiCaller caller) {
    return switch (this) {
      case OPEN -> null;
      case SEND ->
          caller.maySend()
              ? null
              : "these credentials may read but not send: their line of --api-token-file says"
                  + " 'read' and has no JIDs to send from";
      case LOOK ->
          caller.mayLook()
              ? null
              : "these credentials may only send: the word 'read' or 'admin' in their"
                  + " line of --api-token-file opens /admin";
      case CHANGE ->
          caller.mayChange()
              ? null
              : caller.mayLook()
                  ? "these credentials may read but not change anything: that needs the word 'admin' in"
                      + " their line of --api-token-file"
                  : "these credentials may only send: the word 'admin' in their line"
                      + " of --api-token-file opens /admin";
    };
  }
}
