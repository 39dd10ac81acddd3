package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.wire.StreamCondition;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static String advice(StreamCondition condition) {
    return Advice.of(StreamEnd.error(condition, condition.elementName(), "it ended"));
  }

  @Test
  void a16_aConflictNamesTheOptionsThatSettleIt() {
    assertThat(advice(StreamCondition.CONFLICT))
        .contains("component_conflict_resolve", "conflict_behaviour")
        // Openfire has no such option.
        .doesNotContain("Openfire");
  }

  @Test
  void a8_aFaultOfConfigurationSaysWhereToLook() {
    assertThat(advice(StreamCondition.NOT_AUTHORIZED)).contains("‹secret›", "component_secret");
    assertThat(advice(StreamCondition.HOST_UNKNOWN)).contains("Component", "ejabberd_service");
    assertThat(Advice.of(StreamEnd.violation(StreamCondition.INVALID_NAMESPACE, "a c2s port")))
        .contains("‹server›");
    assertThat(advice(StreamCondition.RESET)).isEmpty();
  }

  @Test
  void aPortOfAnotherProtocolIsNamed() {
    assertThat(advice(StreamCondition.HOST_UNKNOWN)).contains("component port");
    assertThat(advice(StreamCondition.INVALID_NAMESPACE)).contains("component port");
    assertThat(advice(StreamCondition.BAD_NAMESPACE_PREFIX)).contains("component port");
  }
}
