package io.stanzahook.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an endpoint gets no calls, or only a few to see whether it is back.
 *
 * @param lasting for how long already
 * @param error what the last failed call ended with, in one line
 * @param nextTry until a call is let through again; null where none is, because the endpoint
 *     answered 410
 */
public record EndpointOutage(Duration lasting, String error, @Nullable Duration nextTry) {}
