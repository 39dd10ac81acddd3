/**
 * Certificates and keys as PEM, and TLS as a client that says for a person what is wrong with the
 * other side's certificate.
 *
 * <p>Threading: all is immutable. What makes a {@link io.stanzahook.tls.TlsContext} may read the
 * JDK's trust store, and so block.
 *
 * <p>API: {@code TrustedCertificates} and {@code ClientCertificate}. The rest is not, and may
 * change.
 */
@NullMarked
package io.stanzahook.tls;

import org.jspecify.annotations.NullMarked;
