/**
 * The chat rooms of the gateway (XEP-0045): entering, staying, sending, and coming back when it was
 * removed.
 *
 * <p>Threading: everything may be called on any thread. What rooms say comes on the stream's event
 * loop, time-outs on Reactor's parallel scheduler. Locks are held only to look something up, never
 * during calls of listeners.
 *
 * <p>API: the settings, {@code RoomEvent}, {@code LossReason}, {@code RoomState} and {@code
 * RoomFailedException}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.rooms;

import org.jspecify.annotations.NullMarked;
