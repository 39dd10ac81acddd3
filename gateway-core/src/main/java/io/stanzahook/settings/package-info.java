/**
 * What a setting is. A component of a settings record says with {@link
 * io.stanzahook.settings.Setting} how operators name it, its default, its bounds and its meaning;
 * the program reads flags, environment and files by that, and nothing of it is said elsewhere.
 *
 * <p>Threading: all is immutable.
 */
@NullMarked
package io.stanzahook.settings;

import org.jspecify.annotations.NullMarked;
