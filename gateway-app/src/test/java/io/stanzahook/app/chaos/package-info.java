/** The gateway killed again and again while it has much to do, and what became of each message. */
@NullMarked
package io.stanzahook.app.chaos;

import org.jspecify.annotations.NullMarked;
