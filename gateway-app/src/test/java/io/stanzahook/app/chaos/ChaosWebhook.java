package io.stanzahook.app.chaos;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** A webhook that sleeps and fails at random, and else answers with the message's own body. */
final class ChaosWebhook {
  private static final Pattern BODY = Pattern.compile("\"body\":\"(\\d+ \\d+)\"");

  private final ChaosLedger ledger;
  private final Random random;
  private final DisposableServer server;

  /** How long some requests take that nobody waits for any more; null if there are none. */
  private final @Nullable Duration tooLong;

  /** Requests, by the addresses that they come from. */
  private final Map<String, Integer> from = new ConcurrentHashMap<>();

  private volatile boolean refusing;

  ChaosWebhook(ChaosLedger ledger, long seed, LoopResources loops) {
    this(ledger, seed, loops, "127.0.0.1", ChaosRun.TIMEOUT.multipliedBy(2));
  }

  /**
   * The same.
   *
   * @param host where it listens
   * @param tooLong how long it sleeps now and then; null if it always answers in time
   */
  ChaosWebhook(
      ChaosLedger ledger, long seed, LoopResources loops, String host, @Nullable Duration tooLong) {
    this.ledger = ledger;
    this.tooLong = tooLong;
    this.random = new Random(seed);
    this.server =
        HttpServer.create()
            .runOn(loops)
            .host(host)
            .port(0)
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .asString()
                        .flatMap(body -> answer(request, response, body)))
            .bindNow();
  }

  String url() {
    return "http://" + server.host() + ":" + server.port() + "/";
  }

  /** From now on, or no longer, it takes nothing: all is tried again and again. */
  void refuses(boolean all) {
    refusing = all;
  }

  /** How many requests came from that address. */
  int requestsFrom(String address) {
    return from.getOrDefault(address, 0);
  }

  void stop() {
    server.disposeNow();
  }

  private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response, String body) {
    Matcher matcher = BODY.matcher(body);
    if (!matcher.find()) {
      return response.status(HttpResponseStatus.BAD_REQUEST).send();
    }
    String message = matcher.group(1);
    InetSocketAddress remote = request.remoteAddress();
    if (remote != null) {
      from.merge(remote.getAddress().getHostAddress(), 1, Integer::sum);
    }
    ledger.asked(message, String.valueOf(request.requestHeaders().get("webhook-id")));
    int chance;
    int millis;
    synchronized (random) {
      chance = random.nextInt(1000);
      millis = random.nextInt(100);
    }
    if (refusing) {
      // Too early: that is tried again, and says nothing of the webhook's health.
      return response.status(HttpResponseStatus.valueOf(425)).send();
    }
    if (chance < 20) {
      return response.status(HttpResponseStatus.SERVICE_UNAVAILABLE).send();
    }
    if (chance < 30) {
      response.withConnection(connection -> connection.channel().close());
      return Mono.empty();
    }
    // Some sleep for longer than the gateway waits.
    Duration sleep =
        chance < 32 && tooLong != null ? tooLong : Duration.ofMillis(chance < 200 ? millis : 0);
    return sleep.isZero()
        ? reply(response, message)
        : Mono.delay(sleep).then(Mono.defer(() -> reply(response, message)));
  }

  private Mono<Void> reply(HttpServerResponse response, String message) {
    ledger.answered(message);
    return response
        .header("Content-Type", "application/json")
        .sendString(Mono.just("{\"body\":\"" + message + "\"}"))
        .then();
  }
}
