package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * {@code /rest}: sends any stanza, as Prosody's mod_rest does. An iq waits for its answer; {@code
 * GET /rest/version/{jid}} and the like ask without a body.
 */
final class RestEndpoint implements Endpoint {
  static final String PATH = "/rest";

  /** How long an iq waits unless the request says otherwise. */
  static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** How long it waits at most. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final String TIMEOUT_HEADER = "Prosody-Rest-Timeout";

  private final Sender sender;

  RestEndpoint(Sender sender) {
    this.sender = sender;
  }

  @Override
  public boolean serves(String path) {
    return path.equals(PATH) || path.startsWith(PATH + "/");
  }

  @Override
  public Set<HttpMethod> methods() {
    return Set.of(HttpMethod.GET, HttpMethod.POST);
  }

  @Override
  public Access access(HttpMethod method) {
    return Access.SEND;
  }

  @Override
  public int maxBody() {
    return SentBody.MOST_BYTES;
  }

  @Override
  public Reply refused(HttpServerRequest request, int status, String why) {
    return RestAnswer.of(request).error(ApiError.ofStatus(status, why));
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body) {
    throw new IllegalStateException("only for callers that are known");
  }

  @Override
  public Mono<Reply> answer(HttpServerRequest request, String body, @Nullable ApiCaller caller) {
    ApiCaller known = Objects.requireNonNull(caller);
    RestAnswer form = RestAnswer.of(request);
    return Mono.defer(
            () -> {
              try {
                return send(request, body, known, form);
              } catch (ApiException e) {
                return Mono.error(e);
              }
            })
        .onErrorResume(ApiException.class, e -> Mono.just(form.error(e.error())));
  }

  private Mono<Reply> send(
      HttpServerRequest request, String body, ApiCaller caller, RestAnswer form)
      throws ApiException {
    sender.admit(caller);
    Sender.Outgoing outgoing =
        sender.check(caller, Choice.named(request), RestStanza.read(request, body));
    if (outgoing.stanza().kind() != StanzaKind.IQ) {
      return sender.send(outgoing).thenReturn(Reply.empty(202));
    }
    return sender
        .ask(outgoing, timeout(request))
        .map(answers -> form.stanzas(answers, String.valueOf(outgoing.stanza().id())));
  }

  private static Duration timeout(HttpServerRequest request) {
    String header = request.requestHeaders().get(TIMEOUT_HEADER);
    if (header == null || !header.strip().matches("\\d{1,6}(\\.\\d{1,3})?")) {
      return TIMEOUT;
    }
    Duration asked = Duration.ofMillis((long) (Double.parseDouble(header.strip()) * 1000));
    return asked.isZero() ? TIMEOUT : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}
