package io.stanzahook.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlElementTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "1",
        "-a",
        ".",
        "a:b",
        ":",
        "a>",
        "a/",
        "a='b'",
        "a\n",
        "\u0000",
        "\u00D7",
        "\uD83D\uDE00",
        "a\uD83D\uDE00",
        "\u3402"
      })
  void namesThatWouldBreakTheDocumentAreRefused(String name) {
    assertThatThrownBy(() -> XmlElement.empty("", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a name");
    assertThatThrownBy(() -> new XmlAttribute("", name, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "_", "a-b.c_1", "xml", "\u00E4", "\u0416", "\u4E00", "a\u00B7"})
  void namesOfXmlAreTaken(String name) throws Exception {
    XmlElement element = XmlElement.builder("", name).attribute(name, "v").build();

    assertThat(JdkXml.parse(XmlWriter.write(element))).isEqualTo(element);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://www.w3.org/2000/xmlns/", "\u0000", "u\uFFFE", "\uD83D"})
  void namespacesThatCannotBeDeclaredAreRefused(String namespace) {
    assertThatThrownBy(() -> XmlElement.empty(namespace, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace");
    assertThatThrownBy(() -> new XmlAttribute(namespace, "a", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace");
  }

  @Test
  void aDeclarationIsNoAttribute() {
    assertThatThrownBy(() -> XmlElement.builder("", "a").attribute("xmlns", "u"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("declaration");
  }

  @Test
  void noAttributeIsThereTwice() {
    List<XmlAttribute> twice =
        List.of(new XmlAttribute("u", "x", "1"), new XmlAttribute("u", "x", "2"));

    assertThatThrownBy(() -> new XmlElement("", "a", twice, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
    assertThat(
            XmlElement.builder("", "a")
                .attribute("u", "x", "1")
                .attribute("v", "x", "3")
                .attribute("u", "x", "2")
                .build()
                .attribute("u", "x"))
        .isEqualTo("2");
  }

  @Test
  void nullsAndEmptyTextAreLeftOut() {
    assertThat(
            XmlElement.builder("", "a")
                .attribute("b", null)
                .child(null)
                .textChild("", "c", null)
                .text("")
                .build())
        .isEqualTo(XmlElement.empty("", "a"));
  }

  @Test
  void nullTakesAnAttributeAway() {
    XmlElement element = XmlElement.builder("", "a").attribute("b", "1").build();

    assertThat(element.toBuilder().attribute("b", null).build().attributes()).isEmpty();
    assertThat(element.attribute("b")).isEqualTo("1");
  }

  @Test
  void textIsThatOfDirectChildrenOnly() {
    XmlElement element =
        XmlElement.builder("", "a").text("1").textChild("", "b", "2").text("3").build();

    assertThat(element.text()).isEqualTo("13");
    assertThat(element.elements()).containsExactly(XmlElement.text("", "b", "2"));
  }

  @Test
  void childrenAreFoundByExpandedName() {
    XmlElement element =
        XmlElement.builder("u", "a")
            .child(XmlElement.text("v", "b", "1"))
            .child(XmlElement.text("u", "b", "2"))
            .child(XmlElement.text("u", "b", "3"))
            .build();

    assertThat(element.child("u", "b")).isEqualTo(XmlElement.text("u", "b", "2"));
    assertThat(element.child("", "b")).isNull();
    assertThat(element.attribute("b")).isNull();
  }

  @Test
  void listsHandedInAreCopied() {
    List<XmlNode> children = new ArrayList<>();
    XmlElement element = new XmlElement("", "a", List.of(), children);

    children.add(new XmlText("late"));

    assertThat(element.children()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void limitsAreAtLeastOne(int limit) {
    assertThatThrownBy(() -> new XmlLimits(limit, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new XmlLimits(1, limit, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new XmlLimits(1, 1, limit))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
