package io.stanzahook.app.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.http.Access;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.http.Shares;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** {@code /admin/dead-letters}: lists, shows, redelivers and deletes dead letters. */
public final class DeadLetterEndpoints {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterEndpoints.class);

  private static final String PATH = "/admin/dead-letters";
  private static final String REDELIVER = "/redeliver";

  private final RequestedComponent requested;
  private final Limits limits;

  public DeadLetterEndpoints(Gateways gateways, Limits limits) {
    this.requested = new RequestedComponent(gateways);
    this.limits = limits;
  }

  /** Their routes. */
  public List<Route> routes() {
    Map<HttpMethod, Access> lookOrDelete =
        Map.of(HttpMethod.GET, Access.LOOK, HttpMethod.DELETE, Access.CHANGE);
    Map<HttpMethod, Access> post = Map.of(HttpMethod.POST, Access.CHANGE);
    return List.of(
        Route.of(PATH, lookOrDelete, about(this::listOrDelete)),
        Route.of(PATH + REDELIVER, post, about(this::redeliverMany)),
        Route.of(PATH + "/{id}" + REDELIVER, post, about(this::redeliver)),
        Route.of(PATH + "/{id}", lookOrDelete, about(this::showOrDelete)));
  }

  /** Answers a request about the dead letters of a gateway. */
  private interface Action {
    Mono<Reply> answer(Asked asked, Request request) throws ApiException;
  }

  private Route.Handler about(Action action) {
    return request -> {
      Gateway gateway = requested.of(request);
      DeadLetters letters = gateway.deadLetters();
      if (letters == null) {
        return Mono.just(
            Reply.error(409, "there are no dead letters: start the gateway with --spool"));
      }
      return limits.within(
          Shares.Kind.SEARCHES,
          request.caller(),
          request.http(),
          action
              .answer(new Asked(gateway, letters, request.caller()), request)
              .onErrorResume(
                  SpoolException.class,
                  e -> Mono.just(Reply.error(503, String.valueOf(e.getMessage())))));
    };
  }

  /** The dead letters that a request is about, and its caller. */
  private record Asked(Gateway gateway, DeadLetters letters, ApiCaller caller) {
    String domain() {
      return gateway.settings().component().domain();
    }

    Reply done(String what, long count, String which) {
      log.info("{}: dead letters {} by {}: {}{}", domain(), what, caller.described(), count, which);
      return Reply.json(200, Map.of(what, count));
    }
  }

  private static String id(Request request) {
    return request.below(PATH).replaceFirst(REDELIVER + "$", "");
  }

  private static Predicate<DeadLetter> matching(Asked asked, DeadLetterFilter filter) {
    KeptStanzaReader reader = new KeptStanzaReader(asked.domain());
    return letter -> filter.matches(ShownDeadLetter.of(letter, reader));
  }

  private Mono<Reply> listOrDelete(Asked asked, Request request) throws ApiException {
    if (request.is(HttpMethod.DELETE)) {
      DeadLetterFilter filter = DeadLetterFilter.ofMany(request);
      return asked
          .letters()
          .discardAll(matching(asked, filter))
          .map(count -> asked.done("deleted", count, ""));
    }
    DeadLetterFilter filter = DeadLetterFilter.ofList(request);
    return new DeadLetterPage(filter, asked.domain())
        .read(asked.letters())
        .map(page -> Reply.json(200, page::write));
  }

  private Mono<Reply> redeliverMany(Asked asked, Request request) throws ApiException {
    DeadLetterFilter filter = DeadLetterFilter.ofMany(request);
    return asked
        .letters()
        .redeliverAll(matching(asked, filter))
        .map(count -> asked.done("redelivered", count, ""));
  }

  private Mono<Reply> redeliver(Asked asked, Request request) {
    String id = id(request);
    return asked
        .letters()
        .redeliver(id)
        .map(position -> asked.done("redelivered", 1, ", " + id))
        .switchIfEmpty(Mono.fromSupplier(DeadLetterEndpoints::unknown));
  }

  private Mono<Reply> showOrDelete(Asked asked, Request request) {
    String id = id(request);
    if (request.is(HttpMethod.DELETE)) {
      return asked
          .letters()
          .discard(id)
          .map(there -> there ? asked.done("deleted", 1, ", " + id) : unknown());
    }
    return asked
        .letters()
        .find(id)
        .map(letter -> ShownDeadLetter.of(letter, new KeptStanzaReader(asked.domain())))
        .map(letter -> Reply.json(200, json -> letter.write(json, true)))
        .switchIfEmpty(Mono.fromSupplier(DeadLetterEndpoints::unknown));
  }

  private static Reply unknown() {
    return Reply.error(404, "there is no dead letter with this id");
  }
}
