/**
 * Bytes to stanzas and back: a framer that splits the component stream into whole elements and is
 * as strict about XML as RFC 6120 (11), a decoder that reads one element, and an encoder whose
 * output every server accepts. It does no I/O.
 *
 * <p>Threading: framer, decoder and encoder have state and belong to one connection's event loop.
 *
 * <p>API: {@code WireLimits}, and {@code StreamEvent.Refused} with {@code Refusal}. The rest is
 * not, and may change.
 */
@NullMarked
package io.stanzahook.wire;

import org.jspecify.annotations.NullMarked;
