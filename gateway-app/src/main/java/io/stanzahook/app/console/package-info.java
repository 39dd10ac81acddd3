/**
 * What the console shows: the last deliveries, within limits.
 *
 * <p>Threading: events come on event loops, and readers on any thread. A lock that is held for
 * moments is between them.
 */
@NullMarked
package io.stanzahook.app.console;

import org.jspecify.annotations.NullMarked;
