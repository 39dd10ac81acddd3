package io.stanzahook.app.config;

import io.stanzahook.app.formats.Formats;
import org.jspecify.annotations.Nullable;

/**
 * What other programs may post, and where it goes.
 *
 * @param roomNick the nick in chat rooms; null for the local part of the sender's address
 * @param formats how it becomes messages
 */
public record HookSettings(@Nullable String roomNick, Formats formats) {
  /** Nothing of it is set. */
  public static HookSettings usual() {
    return new HookSettings(null, Formats.builtIn());
  }

  static HookSettings read(OptionValues values, Problems problems) {
    return new HookSettings(
        values.find(HookOptions.ROOM_NICK), TemplateFiles.read(values, problems));
  }
}
