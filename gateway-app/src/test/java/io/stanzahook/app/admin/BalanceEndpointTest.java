package io.stanzahook.app.admin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.cluster.Balance;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What the answers say. Balancing itself: see BalancingTest and ClusterNodeIT. */
class BalanceEndpointTest {
  private static final Balance.Edge ONE =
      new Balance.Edge("10.0.0.1", "http://one:9797", 8, List.of("bot.example.org"));
  private static final Balance.Edge OTHER =
      new Balance.Edge("10.0.0.2", "", 8, List.of("echo.example.org"));

  private static Mono<Reply> answer(@Nullable Mono<Balance> balance) {
    return new BalanceEndpoint(
            new Gateways() {
              @Override
              public List<String> domains() {
                return List.of();
              }

              @Override
              public @Nullable Gateway find(String domain) {
                return null;
              }

              @Override
              public @Nullable Mono<Balance> balanceEdges() {
                return balance;
              }
            })
        .balance("somebody");
  }

  private static Reply reply(@Nullable Mono<Balance> balance) {
    return requireNonNull(answer(balance).block());
  }

  @Test
  void onlyAnEdgeOfAClusterCan() {
    assertThat(reply(null).status()).isEqualTo(409);
  }

  @Test
  void whereNoOtherEdgeIsThere_itSaysSo() {
    Reply reply = reply(Mono.just(new Balance(List.of(ONE), List.of(), true)));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.body())
        .contains("\"balancing\":false", "no other edge is there: nothing moved", "10.0.0.1");
  }

  @Test
  void itSaysWhichEdgesAreThereAndWhatMoved() {
    Reply reply =
        reply(Mono.just(new Balance(List.of(ONE, OTHER), List.of("echo.example.org"), true)));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.body().strip())
        .isEqualTo(
            "{\"balancing\":true,"
                + "\"text\":\"2 edges share the streams evenly: another edge has echo.example.org\","
                + "\"edges\":[{\"host\":\"10.0.0.1\",\"url\":\"http://one:9797\",\"slots\":8,"
                + "\"streams\":[\"bot.example.org\"]},"
                + "{\"host\":\"10.0.0.2\",\"slots\":8,\"streams\":[\"echo.example.org\"]}],"
                + "\"moved\":[\"echo.example.org\"]}");
  }

  @Test
  void whatIsNotEvenYetIsSaid() {
    assertThat(reply(Mono.just(new Balance(List.of(ONE, OTHER), List.of(), false))).body())
        .contains("2 edges do not share the streams evenly yet: no stream moved");
  }

  @Test
  void withoutBrokersTheCallerIsToTryAgain() {
    StepVerifier.create(answer(Mono.error(new IllegalStateException("away"))))
        .verifyErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        ApiException.class,
                        away -> {
                          assertThat(away.status()).isEqualTo(503);
                          assertThat(away.retryAfter()).isNotNull();
                        }));
  }
}
