/**
 * Chat rooms that the gateway is in to say something there (XEP-0045): it enters a room when the
 * first message for it comes, stays, and notices when it is out.
 *
 * <p>Threading: everything may be called on any thread. What rooms say comes on the stream's event
 * loop, time-outs on Reactor's parallel scheduler. Locks are held for looking something up only,
 * never while somebody is told of it.
 */
@NullMarked
package io.stanzahook.rooms;

import org.jspecify.annotations.NullMarked;
