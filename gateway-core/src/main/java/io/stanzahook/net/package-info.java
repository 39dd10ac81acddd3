/**
 * Where to connect to: the addresses of names, and proxies. Both sides of the gateway look names up
 * here.
 *
 * <p>Threading: any thread may call; nothing blocks the caller.
 *
 * <p>API: {@code ProxyChoice}, {@code Proxy} and {@code ProxyEnvironment}. The rest is not, and may
 * change.
 */
@NullMarked
package io.stanzahook.net;

import org.jspecify.annotations.NullMarked;
