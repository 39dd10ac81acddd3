/**
 * Iqs that the gateway asks others, and their answers: sends each with an id that nobody can guess,
 * takes its answer out of what comes in, and gives up after a time.
 *
 * <p>Threading: everything may be called on any thread. Answers come on the stream's event loop,
 * time-outs on Reactor's parallel scheduler.
 */
@NullMarked
package io.stanzahook.query;

import org.jspecify.annotations.NullMarked;
