package io.stanzahook.stanza;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Conformance C11: the error child. */
class StanzaErrorTest {

  @Test
  void c11_conditionAndEnglishText() {
    assertThat(written(ErrorCondition.GONE.error("It <left>.")))
        .isEqualTo(
            "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>"
                + "It &lt;left&gt;.</text></error>");
  }

  @Test
  void c11_emptyTextIsLeftOut() {
    assertThat(written(ErrorCondition.CONFLICT.error("")))
        .isEqualTo(
            "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  }

  @Test
  void aTypeOtherThanTheUsualIsKept() {
    assertThat(
            new StanzaError(ErrorType.WAIT, ErrorCondition.INTERNAL_SERVER_ERROR, "x")
                .toElement()
                .attribute("type"))
        .isEqualTo("wait");
  }

  /** The types of RFC 6120, 8.3.3. */
  @ParameterizedTest
  @CsvSource({
    "bad-request, modify",
    "conflict, cancel",
    "feature-not-implemented, cancel",
    "forbidden, auth",
    "gone, cancel",
    "internal-server-error, cancel",
    "item-not-found, cancel",
    "jid-malformed, modify",
    "not-acceptable, modify",
    "not-allowed, cancel",
    "not-authorized, auth",
    "policy-violation, modify",
    "recipient-unavailable, wait",
    "redirect, modify",
    "registration-required, auth",
    "remote-server-not-found, cancel",
    "remote-server-timeout, wait",
    "resource-constraint, wait",
    "service-unavailable, cancel",
    "subscription-required, auth",
    "undefined-condition, cancel",
    "unexpected-request, wait"
  })
  void eachConditionHasTheTypeOfTheRfc(String name, String type) {
    ErrorCondition condition =
        ErrorCondition.valueOf(name.replace('-', '_').toUpperCase(Locale.ROOT));
    XmlElement error = condition.error("why").toElement();

    assertThat(error.attribute("type")).isEqualTo(type);
    assertThat(error.child(Namespaces.STANZA_ERRORS, name)).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(ErrorCondition.class)
  void theConditionIsTheFirstChild(ErrorCondition condition) {
    assertThat(condition.error("why").toElement().elements().get(0))
        .isEqualTo(XmlElement.empty(Namespaces.STANZA_ERRORS, condition.elementName()));
  }

  private static String written(StanzaError error) {
    StringBuilder out = new StringBuilder();
    XmlWriter.write(error.toElement(), Namespaces.COMPONENT, out);
    return out.toString();
  }
}
