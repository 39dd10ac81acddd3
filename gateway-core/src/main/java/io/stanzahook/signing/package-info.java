/**
 * Signatures of requests, as Standard Webhooks 1.0.0 defines them. {@link
 * io.stanzahook.signing.SigningKeys} are read from text and {@link
 * io.stanzahook.signing.RequestSigner} signs with all of them. Knows neither XMPP nor HTTP.
 *
 * <p>Threading: any thread may sign, and each thread has algorithms of its own. Only making a
 * signer blocks.
 *
 * <p>API: {@code SigningKeys} and {@code NewSigningKey}. The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.signing;

import org.jspecify.annotations.NullMarked;
