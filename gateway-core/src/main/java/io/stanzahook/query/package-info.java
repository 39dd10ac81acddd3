/**
 * Iqs that the gateway sends to others, and their answers. Each is sent with an id that nobody can
 * guess. Its answer is taken out of the incoming stanzas. It fails after a time-out.
 *
 * <p>Threading: everything may be called on any thread. Answers come on the stream's event loop,
 * time-outs on Reactor's parallel scheduler.
 *
 * <p>API: {@code QueryFailedException}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.query;

import org.jspecify.annotations.NullMarked;
