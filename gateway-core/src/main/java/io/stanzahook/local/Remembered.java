package io.stanzahook.local;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What local services know beyond their settings, and keep when these change.
 *
 * @param commands the executions under way; null without commands
 * @param contacts who asked for our presence
 * @param subscribers who subscribed to our name and picture
 */
record Remembered(@Nullable CommandService commands, Contacts contacts, Subscribers subscribers) {
  /** At the start: nothing yet. */
  static Remembered nothing(LocalSettings settings, String domain, InstantSource clock) {
    Commands given = settings.commands();
    return new Remembered(
        given == null ? null : new CommandService(given, domain, clock),
        new Contacts(),
        new Subscribers());
  }
}
