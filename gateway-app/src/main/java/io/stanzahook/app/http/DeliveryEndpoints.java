package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.RequestCopy;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** {@code /admin/deliveries/{id}/…}: sends one again, or shows it as a command for a terminal. */
final class DeliveryEndpoints {
  private static final Logger log = LoggerFactory.getLogger(DeliveryEndpoints.class);
  private static final String PATH = "/admin/deliveries";

  /** Values of headers with such names are for nobody's clipboard. */
  private static final Pattern CREDENTIALS =
      Pattern.compile(".*(auth|cookie|token|secret|password|api-?key).*", Pattern.CASE_INSENSITIVE);

  private final Gateways gateways;
  private final @Nullable RecentDeliveries deliveries;
  private final UnaryOperator<String> shown;

  DeliveryEndpoints(
      Gateways gateways, @Nullable RecentDeliveries deliveries, UnaryOperator<String> shown) {
    this.gateways = gateways;
    this.deliveries = deliveries;
    this.shown = shown;
  }

  /** Their routes. */
  List<Route> routes() {
    return List.of(
        Route.of(
            PATH + "/{id}/send-again", Map.of(HttpMethod.POST, Access.CHANGE), this::sendAgain),
        Route.of(PATH + "/{id}/curl", Map.of(HttpMethod.GET, Access.LOOK), this::curl));
  }

  private static String id(Request request) {
    String below = request.below(PATH);
    return below.substring(0, below.indexOf('/'));
  }

  private Stanza stanza(String id) throws ApiException {
    RecentDeliveries kept = deliveries;
    if (kept == null || kept.find(id) == null) {
      throw ApiException.notFound("there is no delivery with this id in the log");
    }
    Stanza stanza = kept.stanza(id);
    if (stanza == null) {
      throw ApiException.ofStatus(
          409,
          kept.hasBodies()
              ? "this delivery's stanza was too large to be kept"
              : "the stanza was not kept: start the gateway with --delivery-log-bodies");
    }
    return stanza;
  }

  private Gateway gateway(Stanza stanza) throws ApiException {
    for (String domain : gateways.domains()) {
      Gateway gateway = stanza.to().hasDomain(domain) ? gateways.find(domain) : null;
      if (gateway != null) {
        return gateway;
      }
    }
    throw ApiException.busy("the component of this delivery does not run now");
  }

  private Mono<Reply> sendAgain(Request request) throws ApiException {
    String id = id(request);
    Stanza stanza = stanza(id);
    Gateway gateway = gateway(stanza);
    String who = request.caller().described();
    return gateway
        .deliverAgain(stanza)
        .map(
            again -> {
              log.info(
                  "{}: delivery {} is sent again as {}, as {} asked for",
                  gateway.settings().component().domain(),
                  id,
                  again,
                  who);
              return Reply.json(200, Map.of("id", again));
            })
        .onErrorResume(
            IllegalStateException.class,
            e -> Mono.just(Reply.error(503, "not sent again: " + e.getMessage())));
  }

  private Mono<Reply> curl(Request request) throws ApiException {
    String id = id(request);
    Stanza stanza = stanza(id);
    boolean whole = request.caller().mayChange();
    RequestCopy copy =
        RequestCopy.of(gateway(stanza).settings().webhook(), stanza, id, Instant.now(), whole);
    return Mono.just(Reply.text(200, command(copy, whole)));
  }

  /**
   * The request as a command.
   *
   * @param whole whether to show the URL, whose path and query may hold a token
   */
  private String command(RequestCopy copy, boolean whole) {
    StringBuilder command =
        new StringBuilder("curl -i ")
            .append(whole ? quoted(shown.apply(copy.url())) : "\"$WEBHOOK_URL\"");
    for (Map.Entry<String, String> header : copy.headers()) {
      command.append(" \\\n  -H ");
      if (CREDENTIALS.matcher(header.getKey()).matches()) {
        String variable = header.getKey().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        command.append('"').append(header.getKey()).append(": $").append(variable).append('"');
      } else {
        command.append(quoted(header.getKey() + ": " + header.getValue()));
      }
    }
    return command.append(" \\\n  --data-binary ").append(quoted(copy.body())).toString();
  }

  /** For a POSIX shell. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
