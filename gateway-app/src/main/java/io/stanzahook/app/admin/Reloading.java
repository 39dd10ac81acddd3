package io.stanzahook.app.admin;

import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Reads the configuration again and applies it. */
@FunctionalInterface
public interface Reloading {
  /** There is no configuration to read again. */
  Reloading NONE = () -> Mono.error(new ReloadRefusedException("there is no configuration"));

  /**
   * Reloads once, even if nobody waits for the answer. Reloads run one after another. Any thread
   * may call it.
   *
   * @return fails with a {@link io.stanzahook.app.config.ConfigurationException} if the
   *     configuration cannot be used, and with a {@link ReloadRefusedException} if it is not read
   *     now; in both cases nothing has changed
   */
  Mono<Result> reload();

  /** Keys of settings that were changed in the configuration and need a restart. */
  default List<String> needRestart() {
    return List.of();
  }

  /** What a reload did to a component. */
  enum Change {
    /** Nothing, because its settings are the same. */
    UNCHANGED,
    /** It took the new settings while it runs. */
    TUNED,
    /** It ended and started again with other settings. */
    RESTARTED,
    /** It is new, or had ended. */
    STARTED,
    /** The configuration no longer has it. */
    STOPPED,
    /** It could not start. */
    FAILED
  }

  /**
   * The result of a reload.
   *
   * @param components what it did to each component, by domain
   * @param problems why components could not start, by domain
   * @param needRestart keys of the process's settings that have changed and need a restart
   */
  record Result(
      Map<String, Change> components, Map<String, String> problems, List<String> needRestart) {}
}
