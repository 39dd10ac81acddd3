/**
 * Stanzas on disk until their delivery is final. {@link io.stanzahook.spool.Spool} is the contract,
 * small enough for a replicated log to stand behind it: records go in at the tail, each gets a
 * position, and leave by being settled, or buried among the {@link
 * io.stanzahook.spool.DeadLetters}. What becomes of them is told to a {@link
 * io.stanzahook.spool.SpoolListener}. Knows nothing of stanzas but their bytes.
 *
 * <p>Threading: nothing here blocks its caller, but opening and closing. {@code append} is called
 * by one thread at a time; all else by any thread. The listener is called by the spool's writing
 * thread, one call at a time; what a {@code Mono} brings comes on a thread of the spool, which must
 * not be held up.
 */
@NullMarked
package io.stanzahook.spool;

import org.jspecify.annotations.NullMarked;
