/**
 * What the gateway answers by itself: presence of an always-on component, ping, service discovery,
 * software version, and an error for every other iq request. Beside the replies of the webhook,
 * receipts and chat states.
 *
 * <p>Threading: any thread may call services. They never block.
 *
 * <p>API: the settings, {@code Avatar}, {@code Commands}, {@code Filters} and {@code FilterRule}.
 * The rest is not, and may change.
 */
@NullMarked
package io.stanzahook.local;

import org.jspecify.annotations.NullMarked;
