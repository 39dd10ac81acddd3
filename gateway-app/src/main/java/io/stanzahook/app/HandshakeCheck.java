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
  private static final String CONNECTED = "";

  /** What a refusal may come later than the loss of the connection that it ends. */
  private static final Duration REFUSAL_DELAY = Duration.ofSeconds(1);

  private static final Duration CLOSING = Duration.ofSeconds(10);

  private HandshakeCheck() {}

  static Finding run(GatewayStarter gateways, GatewaySettings settings, LoopResources loops) {
    ComponentSettings component = settings.component();
    // Completes with why the first attempt failed, or with nothing where it did not.
    CompletableFuture<String> attempt = new CompletableFuture<>();
    Gateway gateway =
        gateways.start(quiet(settings), loops, DeliveryListener.NONE, observer(attempt));
    CompletableFuture<Void> ended = gateway.whenEnded().toFuture();
    var unused = ended.whenComplete((nothing, error) -> attempt.complete("ended"));
    try {
      // Connecting, header and acknowledgement each have the time-out.
      String failure = attempt.get(component.openTimeout().toMillis() * 3, TimeUnit.MILLISECONDS);
      if (failure.equals(CONNECTED)) {
        return new Finding(SUBJECT, Result.OK, component.domain() + " is accepted");
      }
      return failure(component, failure, ended);
    } catch (TimeoutException | ExecutionException e) {
      return failure(component, "timeout", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Finding(SUBJECT, Result.FAILED, "interrupted");
    } finally {
      gateway.stop(Duration.ZERO).onErrorComplete().block(CLOSING);
    }
  }

  /** The same component, but nothing goes to the webhook. */
  private static GatewaySettings quiet(GatewaySettings settings) {
    DispatchSettings d = settings.dispatch();
    return new GatewaySettings(
        settings.component(),
        settings.webhook(),
        new DispatchSettings(
            d.domain(),
            Set.of(),
            d.concurrency(),
            d.queue(),
            d.order(),
            d.overload(),
            d.queueTimeout(),
            d.iqTimeout()),
        settings.local());
  }

  private static StreamListener observer(CompletableFuture<String> attempt) {
    return new StreamListener() {
      @Override
      public void connected() {
        attempt.complete(CONNECTED);
      }

      @Override
      public void disconnected(String reason) {
        attempt.complete(reason);
      }
    };
  }

  private static Finding failure(
      ComponentSettings component, String reason, CompletableFuture<Void> ended) {
    try {
      ended.get(REFUSAL_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ComponentRefusedException refused) {
        return new Finding(SUBJECT, Result.REFUSED, String.valueOf(refused.getMessage()));
      }
      return new Finding(SUBJECT, Result.FAILED, String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      // Not refused: what the connection's loss says is all there is.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String advice =
        switch (reason) {
          case "conflict" ->
              "another component is connected as %s; is the gateway already running?"
                  .formatted(component.domain());
          case "closed" ->
              "the server closed the connection; is that its component port, and %s a component"
                      .formatted(component.domain())
                  + " in its configuration? Its log may say more";
          case "timeout" ->
              "the server did not answer; is %s:%d its component port, without TLS?"
                  .formatted(component.host(), component.port());
          default -> "it ended with '%s'; the server's log may say more".formatted(reason);
        };
    return new Finding(SUBJECT, Result.FAILED, advice);
  }
}
