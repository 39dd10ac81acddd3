/**
 * The sandbox: a server, a webhook and the gateway between them in one process, and a transcript of
 * all that passes between them.
 *
 * <p>Threading: the main thread sends, waits and prints. Event loops only hand over {@link
 * io.stanzahook.app.sandbox.Step}s through a bounded queue, or count. So they never wait for a
 * terminal.
 */
@NullMarked
package io.stanzahook.app.sandbox;

import org.jspecify.annotations.NullMarked;
