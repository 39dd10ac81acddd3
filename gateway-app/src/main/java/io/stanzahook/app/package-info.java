/**
 * The program: its commands, its life from start to drain, its exit codes.
 *
 * <p>Threading: a command runs on the main thread, which may block; what it starts has threads of
 * its own. Signals arrive on threads of the JVM.
 */
@NullMarked
package io.stanzahook.app;

import org.jspecify.annotations.NullMarked;
