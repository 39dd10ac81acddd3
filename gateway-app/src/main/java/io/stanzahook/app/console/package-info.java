/**
 * What the console shows: the last deliveries, bounded.
 *
 * <p>Threading: events come on event loops, readers on any thread; a short lock is between them.
 */
@NullMarked
package io.stanzahook.app.console;

import org.jspecify.annotations.NullMarked;
