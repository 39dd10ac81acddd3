package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.wire.StreamCondition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static String advice(StreamCondition condition, ServerKind server) {
    return Advice.of(StreamEnd.error(condition, condition.elementName(), "it ended").at(server));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROSODY    | component_secret",
        "EJABBERD   | ejabberd.yml",
        "JABBERD2   | router.xml",
        "OPENFIRE   | xmpp.component.defaultSecret",
        "MONGOOSEIM | [[listen.component]]",
        "TIGASE     | Tigase",
      })
  void aServerThatIsKnownGetsItsOwnLineAndNoOther(ServerKind server, String secret) {
    assertThat(advice(StreamCondition.NOT_AUTHORIZED, server))
        .contains(secret)
        .satisfies(line -> assertThat(others(server)).noneMatch(line::contains));
    for (StreamCondition condition : StreamCondition.values()) {
      String line = advice(condition, server);
      assertThat(others(server))
          .as("%s at %s: %s", condition, server, line)
          .noneMatch(line::contains);
    }
  }

  private static List<String> others(ServerKind server) {
    return Stream.of(ServerKind.values())
        .filter(each -> each.isKnown() && each != server)
        .map(ServerKind::label)
        .toList();
  }

  @Test
  void aServerThatGivesADomainToTheNewestIsSuspectedOnlyOfThat() {
    assertThat(Advice.of(StreamEnd.pingTimeout("silent").at(ServerKind.JABBERD2)))
        .contains("another connection has taken this domain over", "jabberd2");
    assertThat(Advice.of(StreamEnd.pingTimeout("silent").at(ServerKind.PROSODY)))
        .doesNotContain("another connection", "jabberd2");
  }
}
