/**
 * The JSON mapping of Prosody's mod_rest: a stanza's XML tree to a JSON object and back. {@code
 * MappingTable} declares it, property by property; documentation and tests are made from that
 * declaration. {@link io.stanzahook.mapping.StanzaMapping} is the way in.
 *
 * <p>A {@link io.stanzahook.mapping.Property} says where in an element a value stands: in an
 * attribute, in the text, in a child element. The content of a child element is a {@code Content},
 * the value of an attribute or a text is a {@code Value}.
 *
 * <p>Threading: everything is stateless or immutable; any thread may use it.
 *
 * <p>API: none; it may change.
 */
@NullMarked
package io.stanzahook.mapping;

import org.jspecify.annotations.NullMarked;
