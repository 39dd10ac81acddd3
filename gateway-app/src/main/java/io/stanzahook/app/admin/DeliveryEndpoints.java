package io.stanzahook.app.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.console.DeliveryFile;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.http.Access;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.RequestCopy;
import io.stanzahook.webhook.WebhookSettings;
import java.io.IOException;
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
public final class DeliveryEndpoints {
  private static final Logger log = LoggerFactory.getLogger(DeliveryEndpoints.class);

  /** The path of all deliveries. */
  public static final String PATH = "/admin/deliveries";

  /**
   * Headers with such names may hold secrets: the command has variables in place of their values.
   */
  private static final Pattern CREDENTIALS =
      Pattern.compile(".*(auth|cookie|token|secret|password|api-?key).*", Pattern.CASE_INSENSITIVE);

  private final Gateways gateways;
  private final @Nullable RecentDeliveries deliveries;
  private final Searches searches;
  private final UnaryOperator<String> shown;

  public DeliveryEndpoints(
      Gateways gateways,
      @Nullable RecentDeliveries deliveries,
      Searches searches,
      UnaryOperator<String> shown) {
    this.searches = searches;
    this.gateways = gateways;
    this.deliveries = deliveries;
    this.shown = shown;
  }

  /** Their routes. */
  public List<Route> routes() {
    return List.of(
        Route.of(
            PATH + "/{id}/send-again", Map.of(HttpMethod.POST, Access.CHANGE), this::sendAgain),
        Route.of(PATH + "/{id}/curl", Map.of(HttpMethod.GET, Access.LOOK), this::curl));
  }

  private static String id(Request request) {
    String below = request.below(PATH);
    return below.substring(0, below.indexOf('/'));
  }

  private Stanza find(String id) throws ApiException, IOException {
    RecentDeliveries kept = deliveries;
    DeliveryFile file = kept == null ? null : kept.file();
    if (kept == null || (kept.find(id) == null && (file == null || !file.has(id)))) {
      throw ApiException.notFound("there is no delivery with this id in the log");
    }
    Stanza stanza = kept.stanza(id);
    if (stanza == null && file != null) {
      stanza = file.stanza(id);
    }
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

  private Mono<Reply> sendAgain(Request request) {
    String id = id(request);
    String who = request.caller().described();
    return searches
        .run(() -> find(id))
        .flatMap(
            stanza ->
                Mono.fromCallable(() -> gateway(stanza))
                    .flatMap(gateway -> sendAgain(gateway, id, stanza, who)));
  }

  private static Mono<Reply> sendAgain(Gateway gateway, String id, Stanza stanza, String who) {
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

  private Mono<Reply> curl(Request request) {
    String id = id(request);
    boolean whole = request.caller().mayChange();
    return searches
        .run(() -> find(id))
        .flatMap(stanza -> Mono.fromCallable(() -> curl(id, stanza, whole)));
  }

  private Reply curl(String id, Stanza stanza, boolean whole) throws ApiException {
    WebhookSettings settings = gateway(stanza).settings().webhook();
    RequestCopy copy = RequestCopy.of(settings, stanza, id, Instant.now(), whole);
    return Reply.text(200, command(copy, whole));
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
