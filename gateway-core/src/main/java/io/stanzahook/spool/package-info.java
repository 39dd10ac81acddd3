/**
 * Stanzas on disk until their delivery is final. {@link io.stanzahook.spool.Spool} is the contract,
 * small enough for a replicated log to implement it. Records enter at the tail and get a position.
 * They leave when they are settled, or buried among the {@link io.stanzahook.delivery.DeadLetters}.
 * A {@link io.stanzahook.spool.SpoolListener} is informed. Only {@link
 * io.stanzahook.spool.DiskJournal}, the journal of deliveries that stands on a spool, knows more
 * than the bytes of stanzas.
 *
 * <p>Threading: nothing here blocks its caller, but opening and closing. {@code append} is called
 * by one thread at a time; all else by any thread. The listener is called by the spool's writing
 * thread, one call at a time; what a {@code Mono} brings comes on a thread of the spool, which must
 * not be held up.
 *
 * <p>API: the settings and {@code SpoolException}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.spool;

import org.jspecify.annotations.NullMarked;
