package io.stanzahook.app;

/** Is told of reloads, one at a time. */
interface ReloadProgress {
  /** The configuration is about to be read again. */
  default void begins() {}

  /**
   * It was read.
   *
   * @param successful whether the components follow it; otherwise nothing changed
   */
  default void ended(boolean successful) {}
}
