package io.stanzahook.app.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.cluster.ClusterSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code --cluster} and what goes with it. */
class ClusterConfigurationTest {
  private static AppSettings read(String... arguments) throws ConfigurationException {
    List<String> all = new ArrayList<>(List.of("--cluster=kafka://k1:9092/chat"));
    all.addAll(List.of(arguments));
    return Configuration.read(RunFlags.parse(all), RunFlags.REQUIRED, "1");
  }

  private static String problem(String... arguments) {
    ConfigurationException thrown =
        catchThrowableOfType(ConfigurationException.class, () -> read(arguments));
    assertThat(thrown).isNotNull();
    assertThat(thrown.problems()).hasSize(1);
    return thrown.problems().get(0);
  }

  @Test
  void otherNodesReachThisOneWhereItListensUnlessItIsSaid() throws Exception {
    ClusterSettings usual = requireNonNull(read().cluster());
    assertThat(usual.advertise()).isNull();
    assertThat(usual.edges()).isEqualTo(1);
    assertThat(
            requireNonNull(read("--cluster-advertise=https://n1.example.org:9797/").cluster())
                .advertise())
        .isEqualTo("https://n1.example.org:9797");
    assertThat(problem("--cluster-advertise=n1.example.org:9797"))
        .startsWith("--cluster-advertise: ")
        .contains("is not the URL of a gateway, such as http://");
    assertThat(problem("--cluster-advertise=ftp://n1/")).contains("is not the URL of a gateway");
  }

  @Test
  void thereAreNoMoreStreamsThanSlots_andNoRoomsWithSeveral() throws Exception {
    assertThat(requireNonNull(read("--cluster-edges=16").cluster()).edges()).isEqualTo(16);
    assertThat(problem("--cluster-edges=17")).startsWith("--cluster-edges: ").contains("16");
    assertThat(problem("--cluster-edges=0")).startsWith("--cluster-edges: ");
    assertThat(read("--cluster-edges=1", "--room=ops@rooms.localhost/bot").cluster()).isNotNull();
    assertThat(problem("--cluster-edges=2", "--room=ops@rooms.localhost/bot"))
        .startsWith("--cluster-edges: above 1");
    assertThat(problem("--cluster-edges=2", "--accept-invitations=on"))
        .startsWith("--cluster-edges: above 1");
  }
}
