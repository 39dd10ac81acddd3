package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.Gateway;
import io.stanzahook.app.config.ApiCaller;
import io.stanzahook.app.http.DeadLetterFilter.QueryException;
import io.stanzahook.spool.DeadLetter;
import io.stanzahook.spool.DeadLetters;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  private final Limits limits;

  DeadLetterEndpoints(Gateways gateways, Limits limits) {
    this.choice = new Choice(gateways);
    this.limits = limits;
  }

  /** All of them. */
  List<Endpoint> all() {
    return List.of(
        new Route(PATH::equals, Set.of(HttpMethod.GET, HttpMethod.DELETE), this::listOrDelete),
        new Route((PATH + REDELIVER)::equals, Set.of(HttpMethod.POST), this::redeliverMany),
        new Route(
            REDELIVER_ONE.asMatchPredicate(),
            Set.of(HttpMethod.POST),
            (asked, request) -> redeliver(asked, id(request).replaceFirst(REDELIVER + "$", ""))),
        new Route(
            ONE.asMatchPredicate(), Set.of(HttpMethod.GET, HttpMethod.DELETE), this::showOrDelete));
  }

  /** Answers a request about the dead letters of a gateway. */
  private interface Action {
    Mono<Reply> answer(Asked asked, HttpServerRequest request) throws QueryException;
  }

  /** Whose dead letters are asked for, and by whom. */
  private record Asked(Gateway gateway, DeadLetters letters, ApiCaller caller) {
    String domain() {
      return gateway.settings().component().domain();
    }

    Reply done(String what, long count, String which) {
      log.info("{}: dead letters {} by {}: {}{}", domain(), what, caller.described(), count, which);
      return Reply.json(200, json -> json.writeNumberProperty(what, count));
    }
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
    public Access access(HttpMethod method) {
      return method.equals(HttpMethod.GET) ? Access.LOOK : Access.CHANGE;
    }

    @Override
    public Mono<Reply> answer(HttpServerRequest request, String body) {
      throw new IllegalStateException("only for callers that are known");
    }

    @Override
    public Mono<Reply> answer(HttpServerRequest request, String body, @Nullable ApiCaller caller) {
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
      ApiCaller known = Objects.requireNonNull(caller);
      try {
        return limits.within(
            Shares.Kind.SEARCHES,
            known,
            request,
            action
                .answer(new Asked(gateway, letters, known), request)
                .onErrorResume(
                    SpoolException.class,
                    e -> Mono.just(Reply.error(503, String.valueOf(e.getMessage())))));
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

  private static Predicate<DeadLetter> matching(Asked asked, DeadLetterFilter filter) {
    KeptStanzaReader reader = new KeptStanzaReader(asked.domain());
    return letter -> filter.matches(ShownDeadLetter.of(letter, reader));
  }

  private Mono<Reply> listOrDelete(Asked asked, HttpServerRequest request) throws QueryException {
    if (deletes(request)) {
      DeadLetterFilter filter = DeadLetterFilter.ofMany(request.uri());
      return asked
          .letters()
          .discardAll(matching(asked, filter))
          .map(count -> asked.done("deleted", count, ""));
    }
    DeadLetterFilter filter = DeadLetterFilter.ofList(request.uri());
    return new DeadLetterPage(filter, asked.domain())
        .read(asked.letters())
        .map(page -> Reply.json(200, page::write));
  }

  private Mono<Reply> redeliverMany(Asked asked, HttpServerRequest request) throws QueryException {
    DeadLetterFilter filter = DeadLetterFilter.ofMany(request.uri());
    return asked
        .letters()
        .redeliverAll(matching(asked, filter))
        .map(count -> asked.done("redelivered", count, ""));
  }

  private Mono<Reply> redeliver(Asked asked, String id) {
    return asked
        .letters()
        .redeliver(id)
        .map(position -> asked.done("redelivered", 1, ", " + id))
        .switchIfEmpty(Mono.fromSupplier(DeadLetterEndpoints::unknown));
  }

  private Mono<Reply> showOrDelete(Asked asked, HttpServerRequest request) {
    String id = id(request);
    if (deletes(request)) {
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
