/**
 * What operators ask and change over HTTP: metrics, health, deliveries, dead letters, settings, and
 * what the console shows. Each endpoint is a class. Calls no other feature.
 *
 * <p>Threading: endpoints are called on the event loop of the server. They must not block. Searches
 * and scrapes run on threads of their own.
 */
@NullMarked
package io.stanzahook.app.admin;

import org.jspecify.annotations.NullMarked;
