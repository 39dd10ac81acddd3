package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.wire.StreamCondition.Cause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamConditionTest {
  @ParameterizedTest
  @CsvSource({
    "not-authorized, CONFIGURATION",
    "host-unknown, CONFIGURATION",
    "invalid-namespace, CONFIGURATION",
    "improper-addressing, CONFIGURATION",
    "unsupported-version, CONFIGURATION",
    "conflict, TRANSIENT",
    "connection-timeout, TRANSIENT",
    "reset, TRANSIENT",
    "resource-constraint, TRANSIENT",
    "system-shutdown, TRANSIENT",
    "internal-server-error, TRANSIENT",
    "see-other-host, TRANSIENT",
    "of-another-time, TRANSIENT",
    "invalid-from, OUR_OUTPUT",
    "not-well-formed, OUR_OUTPUT",
    "invalid-xml, OUR_OUTPUT",
    "bad-format, OUR_OUTPUT",
    "policy-violation, OUR_OUTPUT",
    "restricted-xml, OUR_OUTPUT",
    "unsupported-stanza-type, OUR_OUTPUT",
  })
  void a8_eachConditionHasItsCause(String condition, Cause cause) {
    assertThat(StreamCondition.ofElement(condition).cause()).isEqualTo(cause);
  }
}
