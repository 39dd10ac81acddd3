package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
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
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
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
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** From as many addresses, because a server may share them out by address. */
  private static final int PINGS = 24;

  private static final String PINGER = "stanzahook-check-";
  private static final Duration LOOK = Duration.ofMillis(50);

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

  /** Counts the pings of this check that came on a connection. */
  static final class Seen implements DeliveryListener {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public void received(Stanza stanza) {
      String local = stanza.from().local();
      if (local != null && local.startsWith(PINGER)) {
        count.incrementAndGet();
      }
    }

    int count() {
      return count.get();
    }
  }

  private SecondConnectionCheck() {}

  /**
   * Connects beside a first connection.
   *
   * @param streams how many the component is to have
   * @param byFirst what a first connection of the same component gets
   * @param lost completes when the first one loses its connection
   * @param server whose settings are named, if it is known
   */
  static Finding run(
      GatewayStarter gateways,
      GatewaySettings settings,
      int streams,
      LoopResources loops,
      Seen byFirst,
      CompletableFuture<String> lost,
      ServerKind server) {
    ComponentSettings component = settings.component();
    Seen bySecond = new Seen();
    CompletableFuture<String> attempt = new CompletableFuture<>();
    Gateway second =
        gateways.start(
            settings,
            loops,
            bySecond,
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
              : isLost(lost) ? Rule.NEW_ONE_WINS : shares(second, byFirst, bySecond, component);
      return streams > 1
          ? several(rule, streams, component)
          : finding(rule, reason, component, server);
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

  /** The server chooses for each ping to the component itself to which connection it goes. */
  private static Rule shares(
      Gateway second, Seen byFirst, Seen bySecond, ComponentSettings component) {
    Duration limit = component.openTimeout();
    Disposable pinging = pings(second, component).subscribe(any -> {}, error -> {});
    try {
      Flux.interval(LOOK)
          .filter(
              tick -> {
                int first = byFirst.count();
                int both = first + bySecond.count();
                return both >= PINGS || (first > 0 && both > first);
              })
          .next()
          .timeout(limit, Mono.empty())
          .block(limit.plus(CLOSING));
    } finally {
      pinging.dispose();
    }
    return byFirst.count() == 0 && bySecond.count() > 0 ? Rule.NEW_ONE_GETS_ALL : Rule.BOTH;
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
                                    Jid.of("%s%d@%s".formatted(PINGER, i, component.domain())))
                                .attribute("type", "get")
                                .child(XmlElement.empty(Namespaces.PING, "ping"))
                                .build()),
                        component.openTimeout())
                    .map(answers -> true)
                    .onErrorComplete(),
            PINGS);
  }

  /** What it means for a cluster whose components have several streams each. */
  static Finding several(Rule rule, int streams, ComponentSettings component) {
    String domain = component.domain();
    return rule == Rule.BOTH
        ? new Finding(
            SUBJECT,
            Result.DOUBTFUL,
            ("the server takes two connections of %s and gives stanzas to both, as --cluster-edges"
                    + " needs. It must share them out by sender, otherwise order breaks")
                .formatted(domain),
            ServerHints.bySender(domain, streams))
        : new Finding(
            SUBJECT,
            Result.FAILED,
            ("the server does not give stanzas to two connections of %s at once, so"
                    + " --cluster-edges must be 1")
                .formatted(domain));
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
                      + " two at a time may break the order, and what it gives to an edge that is frozen"
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
