/** The gateway engine: joins a component stream and a dispatcher into a running gateway. */
@NullMarked
package io.stanzahook;

import org.jspecify.annotations.NullMarked;
