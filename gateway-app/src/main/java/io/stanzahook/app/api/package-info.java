/**
 * Puts together what {@code --http-listen} serves: the table of all routes, above the packages of
 * their features.
 *
 * <p>Threading: everything here runs once, when the program starts; the table does not change.
 */
@NullMarked
package io.stanzahook.app.api;

import org.jspecify.annotations.NullMarked;
