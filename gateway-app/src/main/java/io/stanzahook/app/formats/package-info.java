/**
 * What other programs post as JSON, as text of a message: one template a format, those that come
 * with the program and the operator's own.
 *
 * <p>Threading: templates are read before the program serves; then any thread may use them.
 */
@NullMarked
package io.stanzahook.app.formats;

import org.jspecify.annotations.NullMarked;
