package io.stanzahook.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an endpoint gets no calls, or only a few to find out whether it is back.
 *
 * @param lasting for how long already
 * @param error how the last failed call ended, in one line
 * @param nextTry the time until the next call is made; null if none is, because the endpoint
 *     answered 410
 */
public record EndpointOutage(Duration lasting, String error, @Nullable Duration nextTry) {}
