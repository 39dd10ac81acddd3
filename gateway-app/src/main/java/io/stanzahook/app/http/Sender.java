package io.stanzahook.app.http;

import io.stanzahook.Gateway;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.component.NotSentException;
import io.stanzahook.component.StreamStatus;
import io.stanzahook.query.QueryFailedException;
import io.stanzahook.rooms.RoomFailedException;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.webhook.RefusedStanzaException;
import io.stanzahook.webhook.SubmissionRules;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Sends what callers of the API want sent, if they may, and if it does the stream no harm. */
final class Sender {
  private final Supplier<@Nullable Gateway> running;
  private final RateLimits rates;
  private final @Nullable String roomNick;

  /** By domain: as many as components. */
  private final ConcurrentMap<String, SubmissionRules> rulesOf = new ConcurrentHashMap<>();

  /**
   * A sender.
   *
   * @param roomNick the nick in chat rooms; null for the local part of who sends
   */
  Sender(Supplier<@Nullable Gateway> running, int ratePerSecond, @Nullable String roomNick) {
    this.running = running;
    this.roomNick = roomNick;
    this.rates = new RateLimits(ratePerSecond);
  }

  /**
   * The gateway, for a caller who may send now.
   *
   * @throws ApiException where they may not, or where there is no stream to send on
   */
  Gateway admit(ApiCaller caller) throws ApiException {
    if (!rates.admits(caller)) {
      throw new ApiException(
          ApiError.tooOften("more requests a second than --api-rate allows these credentials"));
    }
    Gateway gateway = running.get();
    if (gateway == null || gateway.status() != StreamStatus.CONNECTED) {
      throw new ApiException(
          ApiError.away("the component is not connected to its XMPP server now"));
    }
    return gateway;
  }

  /**
   * The stanza as it will be sent.
   *
   * @throws ApiException saying what is wrong with it
   */
  OutboundStanza check(Gateway gateway, ApiCaller caller, XmlElement stanza) throws ApiException {
    String domain = gateway.settings().component().domain();
    SubmissionRules rules = rules(domain);
    try {
      Jid from = rules.from(stanza, caller.usualFrom(domain));
      if (!caller.maySendFrom(from)) {
        throw new ApiException(
            ApiError.forbidden("these credentials may not send from '" + from + "'"));
      }
      return rules.check(stanza, from);
    } catch (RefusedStanzaException e) {
      throw new ApiException(ApiError.of(e));
    }
  }

  /** Kept: their ids go on, and do not repeat. */
  private SubmissionRules rules(String domain) {
    return rulesOf.computeIfAbsent(domain, SubmissionRules::new);
  }

  /** Sends one stanza that is no iq. */
  Mono<Void> send(Gateway gateway, OutboundStanza stanza) {
    return gateway.send(List.of(stanza)).onErrorMap(NotSentException.class, Sender::notSent);
  }

  /** Says how a request was refused, for endpoints that answer with JSON. */
  static Reply refusal(ApiError error) {
    Reply reply = Reply.error(error.status(), error.text());
    return error.retryAfter() == null ? reply : reply.retryAfter(error.retryAfter());
  }

  /** Sends a message, to a chat room by entering it: completes when it is there. */
  Mono<Void> say(Gateway gateway, OutboundStanza message) {
    if (!"groupchat".equals(message.type())) {
      return send(gateway, message);
    }
    if (!message.to().isBare()) {
      return Mono.error(
          new ApiException(
              ApiError.unusable(
                  "'%s' is somebody in a room: to the room itself, leave out what follows the slash"
                      .formatted(message.to()))));
    }
    return gateway
        .sendToRoom(message, roomNick)
        .onErrorMap(NotSentException.class, Sender::notSent)
        .onErrorMap(RoomFailedException.class, e -> new ApiException(ApiError.of(e)));
  }

  /** Sends an iq and waits for its answer, which is the last of the list. */
  Mono<List<Stanza>> ask(Gateway gateway, OutboundStanza iq, Duration timeout) {
    return gateway
        .ask(iq, timeout)
        .onErrorMap(NotSentException.class, Sender::notSent)
        .onErrorMap(QueryFailedException.class, Sender::failed);
  }

  private static ApiException notSent(NotSentException e) {
    return new ApiException(ApiError.away(String.valueOf(e.getMessage())));
  }

  private static ApiException failed(QueryFailedException e) {
    String text = String.valueOf(e.getMessage());
    return new ApiException(
        switch (e.reason()) {
          case TOO_MANY -> ApiError.busy(text);
          case TIMEOUT -> ApiError.timeout(text);
          case STREAM_LOST -> ApiError.away(text);
          case TOO_LARGE -> ApiError.tooLarge(text);
        });
  }
}
