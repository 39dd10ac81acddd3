package io.stanzahook.app.config;

import io.stanzahook.webhook.SigningKeys;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads what requests are signed with. No message shows a line of the file. */
final class SigningSecrets {
  /** The largest file, in bytes: comments included. */
  private static final int MAX_BYTES = 64 * 1024;

  private SigningSecrets() {}

  /** The keys; null where no file is named, or after noting what is wrong. */
  static @Nullable SigningKeys read(OptionValues values, Problems problems) {
    Path path = values.find(RunOptions.SIGNING_SECRET_FILE);
    Source source = values.source(RunOptions.SIGNING_SECRET_FILE);
    if (path == null || source == null) {
      return null;
    }
    String text = TextFile.readSecret(path, source, MAX_BYTES, problems);
    try {
      return text == null ? null : SigningKeys.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add(source, path + " " + e.getMessage());
      return null;
    }
  }
}
