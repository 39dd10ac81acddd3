package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvertisedTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "[::1], true",
    "::1, true",
    "0.0.0.0, true",
    "localhost, true",
    "10.0.0.7, false",
    "node1.example.org, false",
    "[2001:db8::1], false"
  })
  void onlyThisMachineReachesItself(String host, boolean here) {
    assertThat(Advertised.isHere(host)).isEqualTo(here);
  }

  @Test
  void aLoopbackAddressIsForALaptopOnly() {
    List<String> far = List.of("127.0.0.1:9092", "k2.example.org:9092");
    assertThat(Advertised.warning("http://127.0.0.1:9797", null, far))
        .contains("http://127.0.0.1:9797", "--http-listen", "--cluster-advertise");
    assertThat(Advertised.warning("http://[::1]:9797", "http://[::1]:9797", far))
        .startsWith("--cluster-advertise: http://[::1]:9797");
    assertThat(Advertised.warning("http://127.0.0.1:9797", null, List.of("[::1]:9092"))).isNull();
    assertThat(Advertised.warning("http://node1:9797", null, far)).isNull();
  }
}
