/**
 * Defines settings. {@link io.stanzahook.settings.Setting} on a component of a settings record
 * gives its name, default, bounds and meaning. The program reads flags, environment and files with
 * it; nothing is repeated elsewhere.
 *
 * <p>Threading: all is immutable.
 *
 * <p>API: all of it.
 */
@NullMarked
package io.stanzahook.settings;

import org.jspecify.annotations.NullMarked;
