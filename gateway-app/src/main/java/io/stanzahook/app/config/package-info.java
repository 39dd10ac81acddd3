/**
 * Flags, environment and the YAML file, read into the records of the engine.
 *
 * <p>A setting is declared once, as a {@link io.stanzahook.settings.Setting}; its flag, its
 * environment variable, its key in the file, its help text and its line in docs/reference/flags.md
 * follow from that. All problems of a configuration are found before any is reported.
 *
 * <p>Threading: values are immutable. {@link io.stanzahook.app.config.Problems}, and the code that
 * adds to it, belong to one thread.
 */
@NullMarked
package io.stanzahook.app.config;

import org.jspecify.annotations.NullMarked;
