/**
 * XML as small immutable values: a tree, a strict parser for documents of bounded size, and a
 * writer whose output is always safe to put on a shared stream. Knows nothing of XMPP.
 *
 * <p>Threading: all types are immutable or confined to one call; any thread may use them.
 *
 * <p>API: all of it.
 */
@NullMarked
package io.stanzahook.xml;

import org.jspecify.annotations.NullMarked;
