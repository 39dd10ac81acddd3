package io.stanzahook.app.config;

import io.stanzahook.component.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the certificates and the key that TLS to the server needs. No message shows the key. */
final class TlsFiles {
  /** The largest file of certificates, in bytes: the CAs that browsers trust need a fifth of it. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final List<Option<?>> NEED_TLS =
      List.of(RunOptions.TLS_CA, RunOptions.TLS_CLIENT_CERT, RunOptions.TLS_NAME);

  private TlsFiles() {}

  /** The settings, or null where TLS is off, or after noting what is wrong. */
  static @Nullable TlsSettings read(OptionValues values, Problems problems, InVain inVain) {
    Boolean on = values.find(RunOptions.TLS);
    if (on == null) {
      return null;
    }
    if (!on) {
      NEED_TLS.forEach(option -> needsTls(option, values, inVain));
      return null;
    }
    String ca = pem(RunOptions.TLS_CA, TlsSettings::checkCaCertificates, values, problems);
    String own =
        pem(RunOptions.TLS_CLIENT_CERT, TlsSettings::checkClientCertificate, values, problems);
    return new TlsSettings(ca, own, values.find(RunOptions.TLS_NAME));
  }

  private static void needsTls(Option<?> option, OptionValues values, InVain inVain) {
    Source source = values.source(option);
    Source off = values.source(RunOptions.TLS);
    // A stronger place may turn off what a weaker one sets up as a whole.
    if (source != null && (off == null || off.layer().compareTo(source.layer()) <= 0)) {
      inVain.note(
          source,
          "does nothing without TLS; give %s too, or leave %s out"
              .formatted(RunOptions.TLS.flag(), option.flag()));
    }
  }

  private static @Nullable String pem(
      Option<Path> option, Consumer<String> check, OptionValues values, Problems problems) {
    Path path = values.find(option);
    Source source = values.source(option);
    if (path == null || source == null) {
      return null;
    }
    String text = TextFile.read(path, source, MAX_BYTES, problems);
    if (text == null) {
      return null;
    }
    try {
      check.accept(text);
      return text;
    } catch (IllegalArgumentException e) {
      problems.add(source, path + (text.isBlank() ? " is empty" : " " + e.getMessage()));
      return null;
    }
  }
}
