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
                "the nick in chat rooms that `/msg` and `/hooks` send to; `_2` and so on where it"
                    + " is taken")
        @Nullable String roomNick,
    @Setting(
            name = "templates",
            value = "DIR",
            inSandbox = false,
            help =
                "a folder with formats of your own for `/hooks`: a `NAME.mustache` each, in place"
                    + " of the program's where the name is the same")
        Formats formats) {
  /** Nothing of it is set. */
  public static HookSettings usual() {
    return new HookSettings(null, Formats.builtIn());
  }
}
