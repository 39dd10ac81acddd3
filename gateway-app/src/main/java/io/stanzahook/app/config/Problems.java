package io.stanzahook.app.config;

import io.stanzahook.app.files.BoundedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a configuration, so that all of it is reported at once. */
public final class Problems {
  /** Part of the first line of a private key in PEM. */
  private static final String PRIVATE_KEY = "PRIVATE KEY-----";

  private final Set<String> lines = new LinkedHashSet<>();
  private final Map<Source, List<String>> useless = new LinkedHashMap<>();
  private final Set<String> warned = new HashSet<>();
  private final Consumer<String> warnings;

  /** Ignores warnings. */
  public Problems() {
    this(warning -> {});
  }

  /**
   * Problems, and a receiver of warnings.
   *
   * @param warnings receives a line for each warning
   */
  public Problems(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  public void add(String problem) {
    // A problem is one line, but some parsers quote whole documents.
    lines.add(problem.replaceAll("\\s*\\R\\s*", "; "));
  }

  /** A problem with the value from that source. */
  public void add(Source source, String what) {
    add(source + ": " + what);
  }

  /** Notes that a value has no effect on one component. */
  void addUseless(Source source, String what) {
    useless.computeIfAbsent(source, key -> new ArrayList<>()).add(what);
  }

  /**
   * Adds problems for values without effect. A value for all components is a problem only if it has
   * no effect on any of them.
   *
   * @param components how many there are
   */
  void reportUseless(int components) {
    useless.forEach(
        (source, whats) -> {
          if (source.layer() == Source.Layer.ENTRY || whats.size() == components) {
            add(source, whats.get(whats.size() - 1));
          }
        });
    useless.clear();
  }

  /**
   * The text of a file that a setting names; null after adding a problem. Warns if others can read
   * a secret in it.
   *
   * @param secret whether it contains one, whatever its text looks like
   */
  @Nullable String read(Path path, Source source, int maxBytes, boolean secret) {
    try {
      String text = BoundedFile.text(path, maxBytes);
      if (secret || text.contains(PRIVATE_KEY)) {
        warnIfExposed(path, source);
      }
      return text;
    } catch (IOException e) {
      add(source, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Warns once if others can read the file, which holds a secret. */
  void warnIfExposed(Path path, Source source) {
    String exposure = BoundedFile.exposure(path);
    if (exposure != null && warned.add(source + ": " + exposure)) {
      warnings.accept(source + ": " + exposure);
    }
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * Ends the reading if there is any problem.
   *
   * @throws ConfigurationException with all of them
   */
  public void throwIfAny() throws ConfigurationException {
    if (!lines.isEmpty()) {
      throw new ConfigurationException(List.copyOf(lines));
    }
  }
}
