package io.stanzahook.app.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the shared secret: given itself, or in a file. No message ever shows it. */
final class SharedSecret {
  /** The largest secret file, in bytes. */
  static final int MAX_BYTES = 64 * 1024;

  private SharedSecret() {}

  /**
   * The secret, or null after noting what is wrong.
   *
   * @param where whose it is, where that has to be said
   */
  static @Nullable String read(OptionValues values, String where, Problems problems) {
    Source direct = values.source(RunOptions.SECRET);
    Source file = values.source(RunOptions.SECRET_FILE);
    if (direct == null && file == null) {
      problems.add(
          where
              + "--secret-file or --secret is required: the secret shared with the server"
              + " (or STANZAHOOK_SECRET_FILE, STANZAHOOK_SECRET)");
      return null;
    }
    if (direct != null && file != null && direct.layer() == file.layer()) {
      problems.add(file, "cannot be given together with " + direct + "; keep one of them");
      return null;
    }
    // Each layer overrides the weaker ones as a whole: a flag --secret-file beats a secret that
    // stands in the configuration file.
    if (file != null && (direct == null || file.layer().compareTo(direct.layer()) > 0)) {
      Path path = values.find(RunOptions.SECRET_FILE);
      return path == null ? null : fromFile(path, file, problems);
    }
    String secret = values.find(RunOptions.SECRET);
    if (direct != null && secret != null && secret.isEmpty()) {
      problems.add(direct, "the secret is empty");
      return null;
    }
    return secret;
  }

  private static @Nullable String fromFile(Path path, Source source, Problems problems) {
    String text = TextFile.readSecret(path, source, MAX_BYTES, problems);
    if (text == null) {
      return null;
    }
    String secret = withoutNewline(text);
    if (secret.isEmpty()) {
      problems.add(source, "the secret in " + path + " is empty");
      return null;
    }
    return secret;
  }

  /** One newline less: editors add it, and nobody means it. */
  private static String withoutNewline(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
