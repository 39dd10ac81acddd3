package io.stanzahook.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.WithoutKafka;
import java.lang.reflect.Constructor;
import org.junit.jupiter.api.Test;

/** Who embeds the engine without a cluster need not have Kafka's client. */
class WithoutKafkaTest {
  private final ClassLoader without = new WithoutKafka();

  @Test
  void aClusterSaysWhatIsMissing() throws Exception {
    Class<?> settings = without.loadClass(ClusterSettings.class.getName());
    assertThat(settings).isNotEqualTo(ClusterSettings.class);
    Constructor<?> constructor = settings.getDeclaredConstructors()[0];
    Object[] nothing = new Object[constructor.getParameterCount()];
    for (int i = 0; i < nothing.length; i++) {
      nothing[i] = constructor.getParameterTypes()[i] == int.class ? 1 : null;
    }
    assertThatThrownBy(() -> constructor.newInstance(nothing))
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage(
            "a cluster needs Kafka's client, which is not on the class path: add the library"
                + " org.apache.kafka:kafka-clients, version 4.x");
    assertThat(ClusterSettings.missing()).isNull();
  }

  @Test
  void aGatewayWithoutAClusterDoesNotMissIt() throws Exception {
    Class<?> gateway = Class.forName("io.stanzahook.ComponentGateway", true, without);
    Object builder = gateway.getMethod("builder", String.class).invoke(null, "gw.localhost");
    assertThat(builder.getClass().getClassLoader()).isEqualTo(without);
    assertThat(Class.forName("io.stanzahook.delivery.Dispatcher", true, without)).isNotNull();
  }
}
