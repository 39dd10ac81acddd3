/**
 * What the gateway answers by itself: presence of an always-on component, ping, service discovery,
 * software version, and an error for every other iq request.
 *
 * <p>Threading: services are stateless; any thread may call them. They never block.
 */
@NullMarked
package io.stanzahook.local;

import org.jspecify.annotations.NullMarked;
