package io.stanzahook.app.send;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * {@code /rest}: sends any stanza, as Prosody's mod_rest does. An iq waits for its answer. {@code
 * GET /rest/version/{jid}} and similar requests need no body.
 */
public final class RestEndpoint implements Route.Handler {
  static final String PATH = "/rest";

  /** How long an iq waits by default. */
  static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** The longest time that an iq waits. */
  static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

  private static final String TIMEOUT_HEADER = "Prosody-Rest-Timeout";

  private final Sender sender;

  /** Sends with this sender. */
  public RestEndpoint(Sender sender) {
    this.sender = sender;
  }

  /** Its route. */
  public Route route() {
    return Route.sending(
        PATH,
        false,
        (request, error) -> RestAnswer.of(request).error(error),
        this,
        HttpMethod.GET,
        HttpMethod.POST);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    sender.admit(request);
    Sender.Outgoing outgoing = sender.check(request, RestStanza.read(request));
    if (outgoing.stanza().kind() != StanzaKind.IQ) {
      return sender.send(outgoing).thenReturn(Reply.empty(202));
    }
    return sender
        .ask(outgoing, timeout(request.http()))
        .map(
            answers ->
                RestAnswer.of(request.http())
                    .stanzas(answers, String.valueOf(outgoing.stanza().id())));
  }

  /** How long the caller lets an iq wait. */
  public static Duration timeout(HttpServerRequest request) {
    String header = request.requestHeaders().get(TIMEOUT_HEADER);
    if (header == null || !header.strip().matches("\\d{1,6}(\\.\\d{1,3})?")) {
      return TIMEOUT;
    }
    Duration asked = Duration.ofMillis((long) (Double.parseDouble(header.strip()) * 1000));
    return asked.isZero() ? TIMEOUT : asked.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : asked;
  }
}
