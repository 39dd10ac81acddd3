package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.AnyResponse;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a stanza must be, by the tree that the JDK's parser reads in the same bytes; and that a
 * webhook is told the same.
 */
record StanzaOracle(Tree element, @Nullable String streamLang) {
  private static final JsonMapper JSON = new JsonMapper();

  /** As {@code wire} has it: one element and attributes' declarations more than it lets in. */
  private static final XmlLimits READ_AGAIN = new XmlLimits(1_000, 100_000, 10_000);

  void check(Stanza stanza) {
    header(element, stanza, streamLang);
    List<Tree> children = element.elements();
    assertThat(stanza.payloads())
        .isEqualTo(
            children.stream()
                .filter(child -> !child.isContent())
                .map(child -> new PayloadName(child.namespace(), child.name()))
                .toList());
    if (stanza instanceof Iq iq) {
      assertThat(iq.children()).isEqualTo(children.size());
    }
    if (stanza instanceof Message message) {
      assertThat(message.body()).as("body").isEqualTo(text("body", stanza.lang()));
      assertThat(message.subject()).as("subject").isEqualTo(text("subject", stanza.lang()));
      assertThat(message.thread()).as("thread").isEqualTo(text("thread", stanza.lang()));
    }
    standsAlone(stanza);
    request(stanza);
  }

  static void header(Tree element, Stanza stanza, @Nullable String streamLang) {
    String to = element.attribute("to");
    assertThat(stanza.to()).hasToString(to == null ? StreamTarget.OWN_DOMAIN.toString() : to);
    assertThat(stanza.from()).hasToString(element.attribute("from"));
    assertThat(stanza.id()).isEqualTo(element.attribute("id"));
    assertThat(stanza.type()).isEqualTo(element.attribute("type"));
    if (stanza.xml().length() > 0) {
      assertThat(stanza.lang()).isEqualTo(element.lang() == null ? streamLang : element.lang());
    }
  }

  /** The text of the child in the stanza's language or without one, else of the first. */
  private @Nullable String text(String name, @Nullable String lang) {
    String first = null;
    for (Tree child : element.elements()) {
      if (child.isContent() && child.name().equals(name)) {
        if (child.lang() == null || child.lang().equals(lang)) {
          return child.text();
        }
        first = first == null ? child.text() : first;
      }
    }
    return first;
  }

  private void standsAlone(Stanza stanza) {
    String xml = stanza.xml().toString();
    try {
      assertThat(Stax.read(xml).root().stanza()).as(xml).isEqualTo(element.stanza());
      XmlElement parsed = stanza.xml().parse(READ_AGAIN);
      assertThat(Tree.of(parsed).stanza()).as(xml).isEqualTo(element.stanza());
      Written.check(parsed);
    } catch (XMLStreamException | XmlException e) {
      throw new AssertionError("a stanza's XML does not stand alone: " + xml, e);
    }
  }

  private static void request(Stanza stanza) {
    JsonNode json = JSON.readTree(AnyResponse.request(stanza));
    assertThat(value(json, "to")).isEqualTo(stanza.to().toString());
    assertThat(value(json, "from")).isEqualTo(stanza.from().toString());
    assertThat(value(json, "kind")).isEqualTo(stanza.kind().elementName());
    assertThat(value(json, "id")).isEqualTo(stanza.id());
    assertThat(value(json, "type")).isEqualTo(stanza.type());
    assertThat(value(json, "lang")).isEqualTo(stanza.lang());
    assertThat(value(json, "stanza")).isEqualTo(stanza.xml().toString());
    if (stanza instanceof Message message) {
      assertThat(value(json, "body")).isEqualTo(message.body());
      assertThat(value(json, "subject")).isEqualTo(message.subject());
      assertThat(value(json, "thread")).isEqualTo(message.thread());
    }
  }

  private static @Nullable String value(JsonNode json, String name) {
    return json.has(name) ? json.get(name).asString() : null;
  }
}
