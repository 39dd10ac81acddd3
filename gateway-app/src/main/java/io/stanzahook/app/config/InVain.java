package io.stanzahook.app.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is given and does nothing. Where several components run, what is given for all of them is in
 * vain only if it does nothing for any.
 */
final class InVain {
  private final Map<Source, String> whats = new LinkedHashMap<>();
  private final Map<Source, Integer> counts = new LinkedHashMap<>();

  /** Notes that it does nothing for one component. */
  void note(Source source, String what) {
    whats.put(source, what);
    counts.merge(source, 1, Integer::sum);
  }

  /**
   * Makes problems of it.
   *
   * @param components how many there are
   */
  void report(int components, Problems problems) {
    counts.forEach(
        (source, count) -> {
          if (source.layer() == Source.Layer.ENTRY || count == components) {
            problems.add(source, whats.getOrDefault(source, ""));
          }
        });
  }
}
