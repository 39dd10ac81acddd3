package io.stanzahook.app.send;

import io.stanzahook.Gateway;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Shares;
import io.stanzahook.app.logging.LogText;
import io.stanzahook.exchange.RefusedStanzaException;
import io.stanzahook.exchange.SubmissionRules;
import io.stanzahook.query.QueryFailedException;
import io.stanzahook.rooms.RoomFailedException;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.NotSentException;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Sends stanzas for callers of the API, if they are allowed to and the stanza cannot harm the
 * stream.
 */
public final class Sender {
  private static final Logger log = LoggerFactory.getLogger(Sender.class);

  private final Gateways gateways;
  private final RateLimits rates;
  private final Limits limits;
  private final @Nullable String roomNick;

  /** By domain. There are as many as components. */
  private final ConcurrentMap<String, SubmissionRules> rulesOf = new ConcurrentHashMap<>();

  /**
   * A stanza that passed the checks.
   *
   * @param caller who sends it
   * @param gateway of the component it comes from
   */
  public record Outgoing(ApiCaller caller, Gateway gateway, OutboundStanza stanza) {
    /** The domain of that component. */
    public String domain() {
      return gateway.settings().component().domain();
    }
  }

  /**
   * A sender.
   *
   * @param roomNick the nick in chat rooms; null for the local part of the sender
   */
  public Sender(Gateways gateways, int ratePerSecond, @Nullable String roomNick, Limits limits) {
    this.gateways = gateways;
    this.limits = limits;
    this.roomNick = roomNick;
    this.rates = new RateLimits(ratePerSecond, System::nanoTime);
  }

  /**
   * Checks that the caller of a request may send now.
   *
   * @throws ApiException if not, if no stream is connected, or if the query cannot be decoded
   */
  public void admit(Request request) throws ApiException {
    ApiCaller caller = request.caller();
    if (!rates.admits(caller)) {
      String why = "more requests a second than --api-rate allows these credentials";
      limits.refused().refused(caller, "rate", "a request", "to send", why);
      throw ApiException.tooOften(why);
    }
    if (gateways.domains().stream().allMatch(domain -> connected(domain) == null)) {
      throw ApiException.away("the component is not connected to its XMPP server now");
    }
    var unused = RequestedComponent.named(request);
  }

  private @Nullable Gateway connected(String domain) {
    Gateway gateway = gateways.find(domain);
    return gateway != null
            && (gateway.status() == StreamStatus.CONNECTED
                || gateway.status() == StreamStatus.STANDBY)
        ? gateway
        : null;
  }

  /**
   * The stanza as it will be sent for the caller of a request.
   *
   * @throws ApiException saying what is wrong with it
   */
  public Outgoing check(Request request, XmlElement stanza) throws ApiException {
    ApiCaller caller = request.caller();
    String component = RequestedComponent.named(request);
    String domain = domain(caller, component, stanza);
    Gateway gateway = connected(domain);
    if (gateway == null) {
      throw ApiException.away(
          "the component " + domain + " is not connected to its XMPP server now");
    }
    SubmissionRules rules = rules(domain);
    Jid usual = caller.usualFrom(domain);
    try {
      Jid from = rules.from(stanza, usual == null ? Jid.of(domain) : usual);
      if (!caller.maySendFrom(from)) {
        String why = "these credentials may not send from '" + from + "'";
        limits
            .refused()
            .refused(caller, "from", "a request", "to send", why + ": add it to their line");
        throw ApiException.forbidden(why);
      }
      OutboundStanza checked = rules.check(stanza, from);
      log.debug(
          "{}: {} sends {} from {} to {}",
          domain,
          caller.described(),
          checked.kind().elementName(),
          LogText.of(checked.from().toString()),
          LogText.of(checked.to().toString()));
      return new Outgoing(caller, gateway, checked);
    } catch (RefusedStanzaException e) {
      throw StanzaErrors.of(e);
    }
  }

  /** The component of the sender: the one that the request names, the only one, or the caller's. */
  private String domain(ApiCaller caller, @Nullable String component, XmlElement stanza)
      throws ApiException {
    List<String> domains = gateways.domains();
    String all = String.join(", ", domains);
    if (component != null) {
      return RequestedComponent.domain(domains, component);
    }
    String from = stanza.attribute("from");
    if (domains.size() == 1) {
      return domains.get(0);
    }
    if (from != null) {
      String found = RequestedComponent.find(domains, from);
      if (found == null) {
        throw ApiException.forbidden("'from' is in no component's domain; there are " + all);
      }
      return found;
    }
    for (String domain : domains) {
      if (caller.usualFrom(domain) != null) {
        return domain;
      }
    }
    throw ApiException.unusable(
        "name the sender: 'from', or ?component= with one of the domains " + all);
  }

  /** The same object each time, so that its ids do not repeat. */
  private SubmissionRules rules(String domain) {
    return rulesOf.computeIfAbsent(domain, SubmissionRules::new);
  }

  /** Sends a message or presence. */
  public Mono<Void> send(Outgoing outgoing) {
    return outgoing
        .gateway()
        .send(List.of(outgoing.stanza()))
        .onErrorMap(NotSentException.class, StanzaErrors::of);
  }

  /**
   * Sends a message. For a chat room, the sender enters it first. Completes when the message is
   * sent.
   */
  public Mono<Void> say(Outgoing outgoing) {
    OutboundStanza message = outgoing.stanza();
    if (!"groupchat".equals(message.type())) {
      return send(outgoing);
    }
    if (!message.to().isBare()) {
      return Mono.error(
          ApiException.unusable(
              "'%s' is a person in a room: to send to the room, leave out the slash and what follows"
                  .formatted(message.to())));
    }
    Mono<Void> sent = outgoing.gateway().sendToRoom(message, roomNick);
    return here(
            outgoing,
            share(
                outgoing,
                Shares.Kind.ROOMS,
                message.from() + " " + message.to(),
                share(outgoing, Shares.Kind.ROOM_MESSAGES, null, sent)))
        .onErrorMap(NotSentException.class, StanzaErrors::of)
        .onErrorMap(RoomFailedException.class, StanzaErrors::of);
  }

  /** An upload for the sender of that message. */
  public <T> Mono<T> uploading(Outgoing outgoing, Mono<T> upload) {
    return here(outgoing, share(outgoing, Shares.Kind.UPLOADS, null, upload))
        .onErrorMap(NotSentException.class, StanzaErrors::of);
  }

  /** Sends an iq and waits for its answer, which is the last of the list. */
  public Mono<List<Stanza>> ask(Outgoing iq, Duration timeout) {
    return here(iq, share(iq, Shares.Kind.IQS, null, iq.gateway().ask(iq.stanza(), timeout)))
        .onErrorMap(NotSentException.class, StanzaErrors::of)
        .onErrorMap(QueryFailedException.class, StanzaErrors::of);
  }

  /** What needs the stream: another node may have to do it. */
  private static <T> Mono<T> here(Outgoing outgoing, Mono<T> work) {
    return Mono.defer(
        () ->
            outgoing.gateway().holdsStream()
                ? work
                : Mono.error(ApiException.elsewhere(outgoing.domain())));
  }

  private <T> Mono<T> share(
      Outgoing outgoing, Shares.Kind kind, @Nullable String item, Mono<T> work) {
    return limits.within(kind, outgoing.caller(), outgoing.domain(), item, work);
  }
}
