/**
 * Log lines: their two forms, and what the gateway's listeners write. No stanza bodies, no secrets.
 *
 * <p>Threading: lines may be logged on any thread; a bounded queue and one thread behind it write
 * them, so that a slow reader of stderr never stops an event loop.
 */
@NullMarked
package io.stanzahook.app.logging;

import org.jspecify.annotations.NullMarked;
