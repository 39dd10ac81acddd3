/**
 * Black-box tests of the runnable jar between real XMPP servers, a real chat client and real
 * webhooks, and the fixtures that run those as processes of their own.
 *
 * <p>Threading: a fixture is used by one test thread; what it receives comes on threads of its own
 * and is handed over through queues.
 */
@NullMarked
package io.stanzahook.app.interop;

import org.jspecify.annotations.NullMarked;
