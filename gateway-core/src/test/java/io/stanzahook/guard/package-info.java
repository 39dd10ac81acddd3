/**
 * What watches over a whole test run, in this module and in those that depend on its test jar:
 * buffers nobody released, blocking calls on event loops, and the rules of the source code.
 */
@NullMarked
package io.stanzahook.guard;

import org.jspecify.annotations.NullMarked;
