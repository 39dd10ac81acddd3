package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ServerKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * What the server does with a second connection of a component: the standby of a cluster makes one
 * when the edge that holds the stream is frozen or cut off.
 */
final class SecondConnectionCheck {
  private static final String SUBJECT = "second";
  private static final String CONNECTED = "";

  /** What a server may take to end the first connection after the second one was accepted. */
  private static final Duration SETTLING = Duration.ofSeconds(3);

  /** From as many addresses, because a server may share them out by address. */
  private static final int PINGS = 24;

  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** What was seen of it. */
  enum Rule {
    /** The first connection was ended. */
    NEW_ONE_WINS,
    /** The second one was refused. */
    OLD_ONE_WINS,
    /** Both are there, and the second one gets all stanzas. */
    NEW_ONE_GETS_ALL,
    /** Both are there, and the first one goes on getting stanzas. */
    BOTH,
    /** The second one was neither accepted nor refused in time. */
    NO_ANSWER
  }

  private SecondConnectionCheck() {}

  /**
   * Connects beside a first connection.
   *
   * @param first connected as the same component
   * @param lost completes when the first one loses its connection
   * @param server whose settings are named, if it is known
   */
  static Finding run(
      GatewayStarter gateways,
      GatewaySettings settings,
      LoopResources loops,
      Gateway first,
      CompletableFuture<String> lost,
      ServerKind server) {
    ComponentSettings component = settings.component();
    CompletableFuture<String> attempt = new CompletableFuture<>();
    Gateway second =
        gateways.start(
            settings,
            loops,
            DeliveryListener.NONE,
            new StreamListener() {
              @Override
              public void connected() {
                attempt.complete(CONNECTED);
              }

              @Override
              public void disconnected(String reason, String explanation) {
                attempt.complete(reason);
              }
            });
    CompletableFuture<Void> ended = second.whenEnded().toFuture();
    var unused = ended.whenComplete((nothing, error) -> attempt.complete("ended"));
    try {
      // Connecting, TLS, header and acknowledgement each have the time-out.
      String reason = attempt.get(component.openTimeout().toMillis() * 4, TimeUnit.MILLISECONDS);
      Rule rule =
          !reason.equals(CONNECTED)
              ? Rule.OLD_ONE_WINS
              : isLost(lost) ? Rule.NEW_ONE_WINS : shares(first, second, component);
      return finding(rule, reason, component, server);
    } catch (TimeoutException | ExecutionException e) {
      return finding(Rule.NO_ANSWER, "", component, server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Finding(SUBJECT, Result.FAILED, "interrupted");
    } finally {
      second.stop(Duration.ZERO).onErrorComplete().block(CLOSING);
    }
  }

  private static boolean isLost(CompletableFuture<String> lost)
      throws InterruptedException, ExecutionException {
    try {
      lost.get(SETTLING.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** Pings to the component itself through the server come to whichever connection it chooses. */
  private static Rule shares(Gateway first, Gateway second, ComponentSettings component) {
    Duration limit = component.openTimeout();
    Mono<Rule> toFirst = pings(first, component).next().map(any -> Rule.BOTH);
    Mono<Rule> toSecond =
        pings(second, component)
            .count()
            .map(count -> count == PINGS ? Rule.NEW_ONE_GETS_ALL : Rule.BOTH);
    Rule rule =
        Mono.firstWithValue(toFirst, toSecond)
            .timeout(limit.plus(CLOSING), Mono.just(Rule.BOTH))
            .block();
    return rule == null ? Rule.BOTH : rule;
  }

  private static Flux<Boolean> pings(Gateway gateway, ComponentSettings component) {
    Jid domain = Jid.of(component.domain());
    return Flux.range(0, PINGS)
        .flatMap(
            i ->
                gateway
                    .ask(
                        OutboundStanza.of(
                            OutboundStanza.builder(
                                    StanzaKind.IQ,
                                    domain,
                                    Jid.of("check-%d@%s".formatted(i, component.domain())))
                                .attribute("type", "get")
                                .child(XmlElement.empty(Namespaces.PING, "ping"))
                                .build()),
                        component.openTimeout())
                    .map(answers -> true)
                    .onErrorComplete(),
            PINGS);
  }

  /** What it means for a cluster. */
  static Finding finding(Rule rule, String reason, ComponentSettings component, ServerKind server) {
    String domain = component.domain();
    return switch (rule) {
      case NEW_ONE_WINS ->
          new Finding(
              SUBJECT,
              Result.OK,
              ("the server ends the older connection of %s when a new one comes, so a standby can"
                      + " take over from an edge that is frozen")
                  .formatted(domain));
      case NEW_ONE_GETS_ALL ->
          new Finding(
              SUBJECT,
              Result.OK,
              ("the server takes both connections of %s and gives all stanzas to the newer one, so"
                      + " a standby can take over from an edge that is frozen")
                  .formatted(domain));
      case OLD_ONE_WINS ->
          new Finding(
              SUBJECT,
              Result.DOUBTFUL,
              ("the server refuses a second connection of %s (%s): a standby of a cluster cannot"
                      + " take over from an edge that is frozen before the server itself notices")
                  .formatted(domain, reason),
              ServerHints.kickOld(server));
      case BOTH ->
          new Finding(
              SUBJECT,
              Result.DOUBTFUL,
              ("the server takes both connections of %s and goes on giving stanzas to the older one:"
                      + " two at a time break the order, and what it gives to an edge that is frozen"
                      + " waits there")
                  .formatted(domain),
              ServerHints.takesBoth());
      case NO_ANSWER ->
          new Finding(
              SUBJECT,
              Result.DOUBTFUL,
              "the server neither accepted nor refused a second connection of %s; its log may say why"
                  .formatted(domain));
    };
  }
}
