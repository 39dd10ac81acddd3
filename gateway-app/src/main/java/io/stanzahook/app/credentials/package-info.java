/**
 * Who may use the HTTP API: the lines of {@code --api-token-file} and {@code --hook-secret-file},
 * and what each of them may.
 *
 * <p>Threading: all of it is immutable; any thread may use it.
 */
@NullMarked
package io.stanzahook.app.credentials;

import org.jspecify.annotations.NullMarked;
