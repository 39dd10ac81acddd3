/**
 * The gateway engine: joins a component stream and a dispatcher into a running gateway. Begin with
 * {@link io.stanzahook.ComponentGateway#builder}.
 *
 * <p>Threading: a gateway may be used on any thread; what it runs happens on the event loops it was
 * started with.
 *
 * <p>API: all of it. Each package says what of it is API. That changes only with a note in the
 * changelog; all else that is public is so for the engine's own packages, and may change at any
 * time.
 */
@NullMarked
package io.stanzahook;

import org.jspecify.annotations.NullMarked;
