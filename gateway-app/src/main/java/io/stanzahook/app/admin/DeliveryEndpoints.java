package io.stanzahook.app.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.console.BatchMember;
import io.stanzahook.app.console.DeliveryFile;
import io.stanzahook.app.console.KeptBatch;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.console.SeenBatch;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.http.Access;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.exchange.Batch;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.RequestCopy;
import io.stanzahook.webhook.WebhookSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

  /**
   * A delivery that can be repeated.
   *
   * @param batch that it was called in last; null without one
   */
  private record Kept(Stanza stanza, @Nullable KeptBatch batch) {}

  private Mono<Kept> kept(String id) {
    return searches.run(() -> new Kept(find(id), batch(id)));
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

  /** As far as the log has it. */
  private @Nullable KeptBatch batch(String id) throws IOException {
    RecentDeliveries kept = deliveries;
    DeliveryFile file = kept == null ? null : kept.file();
    SeenDelivery recent = kept == null ? null : kept.find(id);
    SeenBatch last = recent == null ? null : recent.batch();
    String batch = last == null ? null : last.id();
    if (recent == null && file != null) {
      batch = file.batchOf(id);
    }
    if (kept == null || batch == null) {
      return null;
    }
    Map<Integer, BatchMember> members = new TreeMap<>();
    if (file != null) {
      file.batch(batch).forEach(member -> members.put(member.batch().place(), member));
    }
    kept.batch(batch).forEach(member -> members.put(member.batch().place(), member));
    return members.isEmpty() ? null : new KeptBatch(List.copyOf(members.values()));
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
    return kept(id)
        .flatMap(
            kept ->
                Mono.fromCallable(() -> gateway(kept.stanza()))
                    .flatMap(gateway -> sendAgain(gateway, id, kept.stanza(), who)));
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
    return kept(id).flatMap(kept -> Mono.fromCallable(() -> curl(id, kept, whole)));
  }

  private Reply curl(String id, Kept kept, boolean whole) throws ApiException {
    WebhookSettings settings = gateway(kept.stanza()).settings().webhook();
    return Reply.text(200, command(settings, id, kept, whole));
  }

  /** The request of its last call: of the whole batch, where it was called in one. */
  private String command(WebhookSettings settings, String id, Kept kept, boolean whole) {
    Instant now = Instant.now();
    KeptBatch batch = settings.format().hasBatches() ? kept.batch() : null;
    if (batch == null) {
      return command(RequestCopy.of(settings, kept.stanza(), id, now, whole), whole);
    }
    if (batch.isWhole()) {
      return command(RequestCopy.of(settings, batch, now, whole), whole);
    }
    return ("# The webhook got this stanza in a batch of %d (%s). The log has %d of them whole, so this"
                + " is the stanza alone, as a batch of one.\n")
            .formatted(batch.wholeSize(), batch.id(), batch.kept())
        + command(RequestCopy.of(settings, Batch.of(id, kept.stanza(), id, 1), now, whole), whole);
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
