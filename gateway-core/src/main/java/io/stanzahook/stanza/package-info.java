/**
 * The vocabulary: JIDs, stanzas as they arrive, stanzas as they leave, and stanza errors. RFC 6120
 * section 8 and RFC 7622 give the terms.
 *
 * <p>Threading: every type is an immutable value; any thread may use it.
 *
 * <p>API: all of it.
 */
@NullMarked
package io.stanzahook.stanza;

import org.jspecify.annotations.NullMarked;
