package io.stanzahook.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BalanceEndpointTest {
  /** Balancing itself: see ClusterNodeIT. */
  private static Reply answer(Gateways gateways) {
    return new BalanceEndpoint(gateways).balance("somebody");
  }

  @Test
  void onlyAnEdgeOfAClusterCan() {
    assertThat(answer(Gateways.NONE).status()).isEqualTo(409);
    Gateways edge =
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
          public boolean balanceEdges() {
            return true;
          }
        };
    assertThat(answer(edge).status()).isEqualTo(202);
  }
}
