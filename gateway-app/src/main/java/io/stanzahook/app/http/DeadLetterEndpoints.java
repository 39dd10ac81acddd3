package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.http.DeadLetterFilter.QueryException;
import io.stanzahook.spool.DeadLetter;
import io.stanzahook.spool.DeadLetters;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** {@code /admin/dead-letters}: what was given up is looked at, delivered again, or deleted. */
final class DeadLetterEndpoints {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterEndpoints.class);

  private static final String PATH = "/admin/dead-letters";
  private static final String REDELIVER = "/redeliver";
  private static final Pattern ONE = Pattern.compile(PATH + "/(?!redeliver$)[^/]+");
  private static final Pattern REDELIVER_ONE = Pattern.compile(PATH + "/[^/]+" + REDELIVER);

  private final Choice choice;

  DeadLetterEndpoints(Gateways gateways) {
    this.choice = new Choice(gateways);
  }

  /** All of them. */
  List<Endpoint> all() {
    return List.of(
        new Route(PATH::equals, Set.of(HttpMethod.GET, HttpMethod.DELETE), this::listOrDelete),
        new Route((PATH + REDELIVER)::equals, Set.of(HttpMethod.POST), this::redeliverMany),
        new Route(
            REDELIVER_ONE.asMatchPredicate(),
            Set.of(HttpMethod.POST),
            (gateway, letters, request) ->
                redeliver(gateway, letters, id(request).replaceFirst(REDELIVER + "$", ""))),
        new Route(
            ONE.asMatchPredicate(), Set.of(HttpMethod.GET, HttpMethod.DELETE), this::showOrDelete));
  }

  /** Answers a request about the dead letters of a gateway. */
  private interface Action {
    Mono<Reply> answer(Gateway gateway, DeadLetters letters, HttpServerRequest request)
        throws QueryException;
  }

  private final class Route implements Endpoint {
    private final Predicate<String> path;
    private final Set<HttpMethod> methods;
    private final Action action;

    Route(Predicate<String> path, Set<HttpMethod> methods, Action action) {
      this.path = path;
      this.methods = methods;
      this.action = action;
    }

    @Override
    public boolean serves(String requested) {
      return path.test(requested);
    }

    @Override
    public Set<HttpMethod> methods() {
      return methods;
    }

    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public Mono<Reply> answer(HttpServerRequest request, String body) {
      Choice.Chosen chosen = choice.of(request);
      Gateway gateway = chosen.gateway();
      if (gateway == null) {
        return Mono.justOrEmpty(chosen.refusal());
      }
      DeadLetters letters = gateway.deadLetters();
      if (letters == null) {
        return Mono.just(
            Reply.error(409, "there are no dead letters: start the gateway with --spool"));
      }
      try {
        return action
            .answer(gateway, letters, request)
            .onErrorResume(
                SpoolException.class,
                e -> Mono.just(Reply.error(503, String.valueOf(e.getMessage()))));
      } catch (QueryException e) {
        return Mono.just(Reply.error(400, e.problem()));
      }
    }
  }

  private static boolean deletes(HttpServerRequest request) {
    return request.method().equals(HttpMethod.DELETE);
  }

  private static String id(HttpServerRequest request) {
    return request.fullPath().substring(PATH.length() + 1);
  }

  private static String domain(Gateway gateway) {
    return gateway.settings().component().domain();
  }

  private static Predicate<DeadLetter> matching(Gateway gateway, DeadLetterFilter filter) {
    KeptStanzaReader reader = new KeptStanzaReader(domain(gateway));
    return letter -> filter.matches(ShownDeadLetter.of(letter, reader));
  }

  private Mono<Reply> listOrDelete(Gateway gateway, DeadLetters letters, HttpServerRequest request)
      throws QueryException {
    if (deletes(request)) {
      DeadLetterFilter filter = DeadLetterFilter.ofMany(request.uri());
      return letters
          .discardAll(matching(gateway, filter))
          .map(count -> done(gateway, "deleted", count, "by an operator"));
    }
    DeadLetterFilter filter = DeadLetterFilter.ofList(request.uri());
    return new DeadLetterPage(filter, domain(gateway))
        .read(letters)
        .map(page -> Reply.json(200, page::write));
  }

  private Mono<Reply> redeliverMany(Gateway gateway, DeadLetters letters, HttpServerRequest request)
      throws QueryException {
    DeadLetterFilter filter = DeadLetterFilter.ofMany(request.uri());
    return letters
        .redeliverAll(matching(gateway, filter))
        .map(count -> done(gateway, "redelivered", count, "delivered again"));
  }

  private Mono<Reply> redeliver(Gateway gateway, DeadLetters letters, String id) {
    return letters
        .redeliver(id)
        .map(position -> done(gateway, "redelivered", 1, "delivered again, " + id))
        .switchIfEmpty(Mono.fromSupplier(DeadLetterEndpoints::unknown));
  }

  private Mono<Reply> showOrDelete(
      Gateway gateway, DeadLetters letters, HttpServerRequest request) {
    String id = id(request);
    if (deletes(request)) {
      return letters
          .discard(id)
          .map(there -> there ? done(gateway, "deleted", 1, "by an operator, " + id) : unknown());
    }
    return letters
        .find(id)
        .map(letter -> ShownDeadLetter.of(letter, new KeptStanzaReader(domain(gateway))))
        .map(letter -> Reply.json(200, json -> letter.write(json, true)))
        .switchIfEmpty(Mono.fromSupplier(DeadLetterEndpoints::unknown));
  }

  private static Reply done(Gateway gateway, String what, long count, String how) {
    log.info("{}: dead letters {}: {} ({})", domain(gateway), what, count, how);
    return Reply.json(200, json -> json.writeNumberProperty(what, count));
  }

  private static Reply unknown() {
    return Reply.error(404, "there is no dead letter with this id");
  }
}
