package io.stanzahook.xml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class XmlSizeTest {

  @Property(tries = 500)
  void countsWhatTheWriterWrites(@ForAll("elements") XmlElement element) {
    StringBuilder written = new StringBuilder();
    XmlWriter.write(element, "urn:context", written);
    int bytes = written.toString().getBytes(StandardCharsets.UTF_8).length;

    assertThat(XmlSize.exceeds(element, "urn:context", bytes)).isFalse();
    assertThat(XmlSize.exceeds(element, "urn:context", bytes - 1)).isTrue();
  }

  @Test
  @Timeout(20)
  void stopsCountingAtTheLimit() {
    // Written out, this is 100 GB.
    String namespace = "u".repeat(100_000_000);
    XmlElement child = XmlElement.empty(namespace, "a");
    XmlElement root =
        new XmlElement("urn:x", "m", List.of(), java.util.Collections.nCopies(1_000, child));

    assertThat(XmlSize.exceeds(root, "urn:x", 1_000)).isTrue();
  }

  @Provide
  Arbitrary<XmlElement> elements() {
    return elements(3);
  }

  private static Arbitrary<XmlElement> elements(int depth) {
    Arbitrary<String> names = Arbitraries.of("a", "body", "\u00e9l\u00e9ment", "\u4e00x");
    Arbitrary<String> namespaces =
        Arbitraries.of("", "urn:context", "urn:'x'&", XmlElement.XML_NAMESPACE);
    Arbitrary<String> texts =
        Arbitraries.strings()
            .withChars("a<>&'\"\r\n\t\u0000\u001f\u00e9\u20ac\ufffe\ud83d\ude00")
            .ofMaxLength(8);
    Arbitrary<XmlAttribute> attributes =
        Combinators.combine(namespaces, names, texts).as(XmlAttribute::new);
    Arbitrary<XmlNode> children =
        depth == 0
            ? texts.map(XmlText::new)
            : Arbitraries.oneOf(texts.map(XmlText::new), elements(depth - 1));
    return Combinators.combine(
            namespaces,
            names,
            attributes.list().ofMaxSize(3).uniqueElements(a -> List.of(a.namespace(), a.name())),
            children.list().ofMaxSize(3))
        .as(XmlElement::new);
  }
}
