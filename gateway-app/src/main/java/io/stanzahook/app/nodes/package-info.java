/**
 * Passes requests of the send API to the node of the cluster that holds the stream they need.
 *
 * <p>Threading: called on the event loop of the server. It must not block, and calls other nodes on
 * the same event loops.
 */
@NullMarked
package io.stanzahook.app.nodes;

import org.jspecify.annotations.NullMarked;
