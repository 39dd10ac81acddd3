package io.stanzahook.app.config;

import io.stanzahook.stanza.Jid;
import java.nio.file.Path;

/** Those of the {@link RunOptions} that are about what other programs post, and where it goes. */
final class HookOptions {
  /** Longer nicks are cut by many rooms. */
  private static final int MOST_NICK = 128;

  static final Option<String> ROOM_NICK =
      Option.withoutDefault(
              "room-nick",
              "NICK",
              "the local part of the sender's address, or `stanzahook`",
              HookOptions::nick,
              "the nick in chat rooms that `/msg` and `/hooks` send to; `_2` and so on where it is"
                  + " taken")
          .ofProcess();

  static final Option<Path> TEMPLATES =
      Option.withoutDefault(
              "templates",
              "DIR",
              "none",
              ValueParsers.file(),
              "a folder with formats of your own for `/hooks`: a `NAME.mustache` each, in place of the"
                  + " program's where the name is the same")
          .ofProcess();

  private HookOptions() {}

  private static String nick(String text) throws InvalidValueException {
    String nick = text.strip();
    if (nick.isEmpty()
        || nick.length() > MOST_NICK
        || nick.chars().anyMatch(Character::isISOControl)
        || Jid.parse("a/" + nick) == null) {
      throw new InvalidValueException(
          "is no nick: give 1 to %d characters, none of them for control".formatted(MOST_NICK));
    }
    return nick;
  }
}
