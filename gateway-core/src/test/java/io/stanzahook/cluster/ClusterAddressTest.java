package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterAddressTest {
  @Test
  void brokersAndPrefixAreRead() {
    ClusterAddress address = ClusterAddress.parse(" kafka://k1:9092,[::1]:9093/chat.prod ");
    assertThat(address.brokers()).isEqualTo(List.of("k1:9092", "[::1]:9093"));
    assertThat(address.prefix()).isEqualTo("chat.prod");
    assertThat(address).hasToString("kafka://k1:9092,[::1]:9093/chat.prod");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kafka://",
        "kafka://h:1",
        "kafka://h:1/",
        "kafka:///p",
        "kafka://h/p",
        "kafka://h:1,/p",
        "kafka://h:1/a b",
        "kafka://h:1/a/b",
        "http://h:1/p",
        "kafka://u@:x:1/p"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> ClusterAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
