package io.stanzahook.app.logging;

import io.stanzahook.settings.SettingName;

/** How users know settings. */
public final class Flags {
  private Flags() {}

  /** A message of the engine, with the settings in it named as flags. */
  public static String named(String message) {
    return SettingName.replace(message, name -> "--" + name);
  }
}
