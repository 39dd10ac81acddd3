/**
 * Bytes to stanzas and back: a framer that cuts the component stream into whole elements and is as
 * strict as RFC 6120 (11) about what XML may hold, a decoder that reads one element, an encoder
 * whose output no server objects to. No I/O of its own.
 *
 * <p>Threading: framer, decoder and encoder have state and belong to one connection's event loop.
 */
@NullMarked
package io.stanzahook.wire;

import org.jspecify.annotations.NullMarked;
