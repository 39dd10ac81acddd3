package io.stanzahook.settings;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of settings in the engine's messages. It marks them, {@code ‹post-url›}, since it does
 * not know how they are given; a program words them for its users: as flags, say.
 */
public final class SettingName {
  private static final Pattern MARKED = Pattern.compile("‹([a-z-]+)›");

  private SettingName() {}

  /** The message, with the settings that it names worded so. */
  public static String replace(String message, UnaryOperator<String> wording) {
    return message.indexOf('‹') < 0
        ? message
        : MARKED
            .matcher(message)
            .replaceAll(found -> Matcher.quoteReplacement(wording.apply(found.group(1))));
  }
}
