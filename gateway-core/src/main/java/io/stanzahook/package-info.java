/**
 * The gateway engine: joins a component stream and a dispatcher into a running gateway.
 *
 * <p>Threading: a gateway may be used on any thread; what it runs happens on the event loops it was
 * started with.
 */
@NullMarked
package io.stanzahook;

import org.jspecify.annotations.NullMarked;
