package io.stanzahook.app;

import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.component.ComponentRefusedException;
import io.stanzahook.component.ComponentSettings;
import io.stanzahook.component.StreamListener;
import io.stanzahook.dispatch.DeliveryListener;
import io.stanzahook.dispatch.DispatchSettings;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.netty.resources.LoopResources;

/** Tries whether the server accepts the component: a gateway that posts nothing, for a moment. */
final class HandshakeCheck {
  private static final String SUBJECT = "handshake";

  /** What a refusal may come later than the loss of the connection that it ends. */
  private static final Duration REFUSAL_DELAY = Duration.ofSeconds(1);

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

  static Finding run(GatewayStarter gateways, GatewaySettings settings, LoopResources loops) {
    ComponentSettings component = settings.component();
    CompletableFuture<Attempt> attempt = new CompletableFuture<>();
    Gateway gateway =
        gateways.start(quiet(settings), loops, DeliveryListener.NONE, observer(attempt));
    CompletableFuture<Void> ended = gateway.whenEnded().toFuture();
    var unused = ended.whenComplete((nothing, error) -> attempt.complete(new Attempt("ended", "")));
    try {
      // Connecting, TLS, header and acknowledgement each have the time-out.
      Attempt failure = attempt.get(component.openTimeout().toMillis() * 4, TimeUnit.MILLISECONDS);
      if (failure.equals(Attempt.CONNECTED)) {
        return new Finding(SUBJECT, Result.OK, accepted(component));
      }
      return failure(component, failure, ended);
    } catch (TimeoutException | ExecutionException e) {
      return failure(component, new Attempt("timeout", ""), ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Finding(SUBJECT, Result.FAILED, "interrupted");
    } finally {
      gateway.stop(Duration.ZERO).onErrorComplete().block(CLOSING);
    }
  }

  private static String accepted(ComponentSettings component) {
    return component.domain() + " is accepted" + (component.tls() == null ? "" : " over TLS");
  }

  /** The same component, but nothing goes to the webhook. */
  private static GatewaySettings quiet(GatewaySettings settings) {
    DispatchSettings d = settings.dispatch();
    return new GatewaySettings(
        settings.component(),
        settings.webhook(),
        new DispatchSettings(
            d.domain(), Set.of(), d.flow(), d.order(), d.queueTimeout(), d.iqTimeout()),
        settings.local());
  }

  private static StreamListener observer(CompletableFuture<Attempt> attempt) {
    return new StreamListener() {
      @Override
      public void connected() {
        attempt.complete(Attempt.CONNECTED);
      }

      @Override
      public void disconnected(String reason, String explanation) {
        attempt.complete(new Attempt(reason, explanation));
      }
    };
  }

  private static Finding failure(
      ComponentSettings component, Attempt attempt, CompletableFuture<Void> ended) {
    try {
      ended.get(REFUSAL_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ComponentRefusedException refused) {
        return new Finding(
            SUBJECT,
            Result.REFUSED,
            String.valueOf(refused.getMessage()),
            ServerHints.of(refused.condition(), component));
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
              "another component is connected as %s; is a gateway already running, elsewhere?"
                  .formatted(component.domain());
          case "closed" ->
              "the server closed the connection; is that its component port%s, and %s a component"
                      .formatted(withoutTls(component), component.domain())
                  + " in its configuration? Its log may say more";
          case "timeout" ->
              "the server did not answer; is %s:%d its component port%s?"
                  .formatted(component.host(), component.port(), withoutTls(component));
          case "ended" -> "it ended; the server's log may say more";
          default -> attempt.explanation();
        };
    return new Finding(SUBJECT, Result.FAILED, advice, ServerHints.of(attempt.reason(), component));
  }

  private static String withoutTls(ComponentSettings component) {
    return component.tls() == null ? ", without TLS (else --tls is missing)" : "";
  }
}
