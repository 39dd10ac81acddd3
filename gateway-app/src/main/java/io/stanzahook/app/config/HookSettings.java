package io.stanzahook.app.config;

import org.jspecify.annotations.Nullable;

/**
 * What other programs may post, and where it goes.
 *
 * @param roomNick the nick in chat rooms; null for the local part of the sender's address
 */
public record HookSettings(@Nullable String roomNick) {
  /** Nothing of it is set. */
  public static final HookSettings DEFAULT = new HookSettings(null);

  static HookSettings read(OptionValues values) {
    return new HookSettings(values.find(HookOptions.ROOM_NICK));
  }
}
