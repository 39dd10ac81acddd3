/**
 * Files that operators name: read up to a bound, with a sentence for the operator where that fails.
 *
 * <p>Threading: reading blocks; only what starts or reloads the program does it.
 */
@NullMarked
package io.stanzahook.app.files;

import org.jspecify.annotations.NullMarked;
