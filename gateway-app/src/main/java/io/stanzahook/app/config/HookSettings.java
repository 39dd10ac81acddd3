package io.stanzahook.app.config;

import io.stanzahook.app.formats.Formats;
import io.stanzahook.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * What other programs may post, and where it goes.
 *
 * @param roomNick the nick in chat rooms; null for the local part of the sender's address
 * @param formats how it becomes messages
 */
public record HookSettings(
    @Setting(
            name = "room-nick",
            value = "NICK",
            absent = "the local part of the sender's address, or `stanzahook`",
            inSandbox = false,
            help =
                "nick in chat rooms that `/msg` and `/hooks` send to; if it is taken, `_2` and "
                    + "so on are tried")
        @Nullable String roomNick,
    @Setting(
            name = "templates",
            value = "DIR",
            inSandbox = false,
            help =
                "folder with your own formats for `/hooks`, one `NAME.mustache` each; a format "
                    + "with the name of a built-in one replaces it")
        Formats formats) {
  /** Nothing of it is set. */
  public static HookSettings usual() {
    return new HookSettings(null, Formats.builtIn());
  }
}
