package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** Three replicas of a webhook, {@code --post-url} each, of which one is dead. */
@Timeout(180)
class ReplicasIT {
  private static final int USERS = 40;
  private static final int MESSAGES = 15;

  private final SpooledGateway around = new SpooledGateway();
  private final LoopResources loops = LoopResources.create("replicas-it", 1, true);
  private final List<DisposableServer> replicas = new ArrayList<>();
  private final Map<String, List<String>> bodies = new ConcurrentHashMap<>();
  private final Map<String, Integer> idsByMessage = new ConcurrentHashMap<>();
  private Gateway gateway;

  @AfterEach
  void stop() {
    gateway.stop(Duration.ZERO).block(SpooledGateway.PATIENCE);
    replicas.forEach(each -> each.disposeNow(SpooledGateway.PATIENCE));
    around.close();
    loops.disposeLater(Duration.ZERO, SpooledGateway.PATIENCE).block(SpooledGateway.PATIENCE);
  }

  private AtomicInteger replica() {
    AtomicInteger calls = new AtomicInteger();
    replicas.add(
        HttpServer.create()
            .runOn(loops)
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .asString()
                        .flatMap(
                            body -> {
                              calls.incrementAndGet();
                              String user = body.replaceAll("(?s).*\"from\":\"(u\\d+)@.*", "$1");
                              String text = body.replaceAll("(?s).*\"body\":\"([^\"]*)\".*", "$1");
                              bodies.computeIfAbsent(user, any -> new ArrayList<>()).add(text);
                              String id = request.requestHeaders().get("webhook-id");
                              idsByMessage.merge(id, 1, Integer::sum);
                              return response
                                  .header("Content-Type", "text/plain")
                                  .sendString(Mono.just(text))
                                  .then();
                            }))
            .bindNow(SpooledGateway.PATIENCE));
    return calls;
  }

  @Test
  void noSenderSeesAnError_andTheLiveOnesShareTheCalls() throws Exception {
    AtomicInteger one = replica();
    AtomicInteger other = replica();
    List<UrlTemplate> urls = new ArrayList<>();
    replicas.forEach(each -> urls.add(UrlTemplate.parse("http://127.0.0.1:" + each.port() + "/h")));
    urls.add(UrlTemplate.parse("http://127.0.0.1:" + Ports.free() + "/h"));
    GatewaySettings usual = around.settings(null);
    gateway =
        ComponentGateway.start(
            Settings.with(usual, Map.of("post-url", urls, "retry-for", Duration.ofSeconds(60))),
            loops,
            DeliveryListener.NONE,
            StreamListener.NONE);
    around.awaitConnection();

    for (int message = 0; message < MESSAGES; message++) {
      for (int user = 0; user < USERS; user++) {
        around.say("u" + user, "m" + message);
      }
    }
    for (int i = 0; i < USERS * MESSAGES; i++) {
      Stanza reply = around.replies.poll(60, TimeUnit.SECONDS);
      assertThat(reply).isNotNull();
      assertThat(reply.type()).isEqualTo("chat");
    }

    int all = USERS * MESSAGES;
    assertThat(one.get() + other.get()).isEqualTo(all);
    assertThat(one.get()).isBetween(all * 4 / 10, all * 6 / 10);
    // Order holds within a conversation, whoever answers; and each message came once.
    List<String> inOrder = IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList();
    assertThat(bodies)
        .hasSize(USERS)
        .allSatisfy((user, texts) -> assertThat(texts).isEqualTo(inOrder));
    assertThat(idsByMessage).hasSize(all);
    List<WebhookEndpoint> endpoints = gateway.endpoints();
    assertThat(endpoints).extracting(WebhookEndpoint::name).hasSize(3).doesNotHaveDuplicates();
    assertThat(endpoints.get(0).calls("ok")).isEqualTo(one.get());
    assertThat(endpoints.get(2).calls("ok")).isZero();
    assertThat(endpoints.get(2).calls("not_sent")).isPositive();
    assertThat(endpoints.get(0).breakerState()).isEqualTo(BreakerState.CLOSED);
  }
}
