package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentRefusedException;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ServerKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Tries whether the server accepts the component: a gateway that posts nothing, for a moment. */
final class HandshakeCheck {
  private static final String SUBJECT = "handshake";

  /** What a refusal may come later than the loss of the connection that it ends. */
  private static final Duration REFUSAL_DELAY = Duration.ofSeconds(1);

  private static final int PINGS = 5;

  private static final Duration CLOSING = Duration.ofSeconds(10);

  private HandshakeCheck() {}

  /**
   * How the first attempt went.
   *
   * @param reason why it failed; empty where it did not
   * @param explanation for a person
   */
  private record Attempt(String reason, String explanation) {
    static final Attempt CONNECTED = new Attempt("", "");
  }

  /**
   * The handshake; and where the component cannot be reached although it is accepted, that.
   *
   * @param streams how many the component is to have, to be tried with a second connection; 0 for
   *     no second one
   */
  static List<Finding> run(
      GatewayStarter gateways, GatewaySettings settings, int streams, LoopResources loops) {
    ComponentSettings component = settings.component();
    CompletableFuture<Attempt> attempt = new CompletableFuture<>();
    CompletableFuture<String> gone = new CompletableFuture<>();
    SecondConnectionCheck.Seen seen = new SecondConnectionCheck.Seen();
    AtomicReference<ServerKind> server = new AtomicReference<>(ServerKind.UNKNOWN);
    GatewaySettings quiet = quiet(settings);
    Gateway gateway = gateways.start(quiet, loops, seen, observer(attempt, gone, server));
    CompletableFuture<Void> ended = gateway.whenEnded().toFuture();
    var unused = ended.whenComplete((nothing, error) -> attempt.complete(new Attempt("ended", "")));
    try {
      // Connecting, TLS, header and acknowledgement each have the time-out.
      Attempt failure = attempt.get(component.openTimeout().toMillis() * 4, TimeUnit.MILLISECONDS);
      if (failure.equals(Attempt.CONNECTED)) {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(SUBJECT, Result.OK, accepted(component)));
        String domain = component.domain();
        String above = domain.substring(domain.indexOf('.') + 1);
        String software = ServerSoftware.ask(gateway, domain, above, component.openTimeout());
        ServerKind said = software == null ? ServerKind.UNKNOWN : ServerKind.ofSoftware(software);
        ServerKind kind = said.isKnown() ? said : facing(server);
        if (software != null) {
          findings.add(new Finding("software", Result.OK, above + " runs " + software));
        } else if (facing(server) == ServerKind.JABBERD2) {
          findings.add(new Finding("software", Result.DOUBTFUL, mistyped(domain, above)));
        }
        // Of several connections, a server may send the pings of one sender to one that is missing.
        String lost = streams > 1 ? null : lost(gateway, component, kind);
        if (lost != null) {
          findings.add(new Finding("reached", Result.FAILED, lost));
        } else if (streams > 0) {
          findings.add(
              SecondConnectionCheck.run(gateways, quiet, streams, loops, seen, gone, kind));
        }
        return findings;
      }
      return List.of(failure(component, failure, ended, facing(server)));
    } catch (TimeoutException | ExecutionException e) {
      return List.of(failure(component, new Attempt("timeout", ""), ended, facing(server)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(new Finding(SUBJECT, Result.FAILED, "interrupted"));
    } finally {
      gateway.stop(Duration.ZERO).onErrorComplete().block(CLOSING);
    }
  }

  /** What is known of the server so far. */
  private static ServerKind facing(AtomicReference<ServerKind> server) {
    return Objects.requireNonNull(server.get());
  }

  /**
   * Why stanzas for the component do not get here, or null. Several pings: where another connection
   * takes part of the stanzas, as ejabberd allows, some of them come back all the same.
   */
  private static @Nullable String lost(
      Gateway gateway, ComponentSettings component, ServerKind server) {
    Jid domain = Jid.of(component.domain());
    OutboundStanza ping =
        OutboundStanza.of(
            OutboundStanza.builder(StanzaKind.IQ, domain, domain)
                .attribute("type", "get")
                .child(XmlElement.empty(Namespaces.PING, "ping"))
                .build());
    Duration limit = component.openTimeout();
    Stanza answer =
        Flux.range(0, PINGS)
            .flatMap(i -> gateway.ask(ping, limit).onErrorComplete())
            .map(answers -> answers.get(answers.size() - 1))
            .next()
            .timeout(limit, Mono.empty())
            .block(limit.plus(CLOSING));
    if (answer != null && !answer.isError()) {
      return null;
    }
    return "a ping to %s, sent through the server, %s: stanzas for that domain do not arrive here. %s"
        .formatted(
            component.domain(),
            answer == null
                ? "did not come back within %d s".formatted(limit.toSeconds())
                : "came back as an error",
            unreached(server));
  }

  /** Of a server that takes any domain, even its own. */
  private static String mistyped(String domain, String above) {
    return domain.equals(above)
        ? "jabberd2 takes any domain; is %s the server's own one? Then logins hang while the gateway is connected"
            .formatted(domain)
        : ("jabberd2 takes any domain, and nobody answers at %s; is --component %s spelled as its"
                + " users write it?")
            .formatted(above, domain);
  }

  /** Why stanzas for the component do not get here, at that server. */
  private static String unreached(ServerKind server) {
    String openfire = "the domain must end in '.' and Openfire's own domain.";
    String others = "another connection may receive them: is a gateway running elsewhere?";
    return switch (server) {
      case OPENFIRE -> "With Openfire, " + openfire;
      case JABBERD2, EJABBERD -> "With " + server.label() + ", " + others;
      case PROSODY, MONGOOSEIM, TIGASE ->
          "%s's log may say why, and whether another connection receives them."
              .formatted(server.label());
      case UNKNOWN -> "With Openfire, " + openfire + " With jabberd2 or ejabberd, " + others;
    };
  }

  private static String accepted(ComponentSettings component) {
    return component.domain() + " is accepted" + (component.tls() == null ? "" : " over TLS");
  }

  /** The same component, but nothing goes to the webhook, and it enters no rooms. */
  private static GatewaySettings quiet(GatewaySettings settings) {
    Map<String, @Nullable Object> quiet = new HashMap<>();
    quiet.put("post-stanzas", Set.of());
    quiet.put("spool", null);
    quiet.put("rooms", RoomSettings.NONE);
    return Settings.with(settings, quiet);
  }

  private static StreamListener observer(
      CompletableFuture<Attempt> attempt,
      CompletableFuture<String> gone,
      AtomicReference<ServerKind> server) {
    return new StreamListener() {
      @Override
      public void recognised(ServerKind kind) {
        server.set(kind);
      }

      @Override
      public void connected() {
        attempt.complete(Attempt.CONNECTED);
      }

      @Override
      public void disconnected(String reason, String explanation) {
        attempt.complete(new Attempt(reason, explanation));
        gone.complete(reason);
      }
    };
  }

  private static Finding failure(
      ComponentSettings component,
      Attempt attempt,
      CompletableFuture<Void> ended,
      ServerKind recognised) {
    ServerKind server = recognised.isKnown() ? recognised : ServerKind.ofPort(component.port());
    try {
      ended.get(REFUSAL_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ComponentRefusedException refused) {
        return new Finding(
            SUBJECT,
            Result.REFUSED,
            Flags.named(String.valueOf(refused.getMessage())),
            ServerHints.of(refused.condition(), component, server));
      }
      return new Finding(SUBJECT, Result.FAILED, String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      // Not refused: what the connection's loss says is all there is.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String advice =
        switch (attempt.reason()) {
          case "conflict" ->
              ("another component is connected as %s; is a gateway already running " + "elsewhere?")
                  .formatted(component.domain());
          case "closed" ->
              "the server closed the connection; is that its component port%s, and %s a component"
                      .formatted(withoutTls(component), component.domain())
                  + " in its configuration? Its log may say more";
          case "timeout" ->
              "the server did not answer; is %s:%d its component port%s?"
                  .formatted(component.host(), component.port(), withoutTls(component));
          case "ended" -> "it ended; the server's log may say more";
          default -> Flags.named(attempt.explanation());
        };
    return new Finding(
        SUBJECT, Result.FAILED, advice, ServerHints.of(attempt.reason(), component, server));
  }

  private static String withoutTls(ComponentSettings component) {
    return component.tls() == null ? ", without TLS (otherwise add --tls)" : "";
  }
}
