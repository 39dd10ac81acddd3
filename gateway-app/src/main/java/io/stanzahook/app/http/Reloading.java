package io.stanzahook.app.http;

import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Reads the configuration again and makes the process run by it. */
@FunctionalInterface
public interface Reloading {
  /** Nothing can be read again. */
  Reloading NONE = () -> Mono.error(new ReloadRefusedException("there is no configuration"));

  /**
   * Does it, once and whether anybody waits for the answer or not; one after another where several
   * ask. Any thread.
   *
   * @return ends with a {@link io.stanzahook.app.config.ConfigurationException} where the
   *     configuration cannot be used, and with a {@link ReloadRefusedException} where it is not
   *     read now: then nothing was changed
   */
  Mono<Result> reload();

  /** What became of a component. */
  enum Change {
    /** Nothing: its settings are as they were. */
    UNCHANGED,
    /** What can be changed while it runs was changed, and no more. */
    TUNED,
    /** It ended and was started with other settings. */
    RESTARTED,
    /** It is new, or did not run any more. */
    STARTED,
    /** It is not there any more. */
    STOPPED,
    /** It could not be started. */
    FAILED
  }

  /**
   * What a reload did.
   *
   * @param components what became of each, by domain
   * @param problems why some could not be started, by domain
   * @param needRestart keys of settings of the process that differ now, and take effect with its
   *     next start only
   */
  record Result(
      Map<String, Change> components, Map<String, String> problems, List<String> needRestart) {}
}
