package io.stanzahook.xml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class XmlWriterTest {

  @Test
  void b15_theFiveAreEscapedInTextAndAttributes() {
    assertThat(
            XmlWriter.write(
                XmlElement.builder("", "a").attribute("b", "<>&'\"").text("<>&'\"").build()))
        .isEqualTo("<a b='&lt;&gt;&amp;&apos;&quot;'>&lt;&gt;&amp;&apos;&quot;</a>");
  }

  @Test
  void b12_lineEndsAndTabsSurvive() throws Exception {
    XmlElement element =
        XmlElement.builder("", "a").attribute("b", "\r\n\t ").text("\r\n\t\r").build();

    assertThat(XmlWriter.write(element)).isEqualTo("<a b='&#13;&#10;&#9; '>&#13;\n\t&#13;</a>");
    assertThat(JdkXml.parse(XmlWriter.write(element))).isEqualTo(element);
  }

  static Stream<Arguments> b15_forbiddenCharactersAreReplaced() {
    return Stream.of(
        Arguments.of("\u0000", "\uFFFD"),
        Arguments.of("\u0001x", "\uFFFDx"),
        Arguments.of("\uFFFE\uFFFF", "\uFFFD\uFFFD"),
        Arguments.of("\uD83D", "\uFFFD"),
        Arguments.of("\uD83Dx", "\uFFFDx"),
        Arguments.of("\uDE00\uD83D", "\uFFFD\uFFFD"),
        Arguments.of("\uD83D\uD83D\uDE00", "\uFFFD\uD83D\uDE00"),
        Arguments.of("\u007F\u0085\u2028\uFEFF", "\u007F\u0085\u2028\uFEFF"));
  }

  @ParameterizedTest
  @MethodSource
  void b15_forbiddenCharactersAreReplaced(String text, String written) {
    assertThat(XmlWriter.write(XmlElement.text("", "a", text))).isEqualTo("<a>" + written + "</a>");
    assertThat(XmlWriter.write(XmlElement.builder("", "a").attribute("b", text).build()))
        .isEqualTo("<a b='" + written + "'/>");
  }

  @Test
  void b15_cdataEndIsEscaped() {
    assertThat(XmlWriter.write(XmlElement.text("", "a", "]]>"))).isEqualTo("<a>]]&gt;</a>");
  }

  @Test
  void namespacesAreDeclaredWhereTheyChange() {
    XmlElement element =
        XmlElement.builder("u", "a")
            .child(XmlElement.empty("u", "b"))
            .child(XmlElement.builder("v", "c").child(XmlElement.empty("u", "d")).build())
            .child(XmlElement.empty("", "e"))
            .build();

    assertThat(XmlWriter.write(element))
        .isEqualTo("<a xmlns='u'><b/><c xmlns='v'><d xmlns='u'/></c><e xmlns=''/></a>");
  }

  @Test
  void theContextsNamespaceIsNotDeclaredAgain() {
    StringBuilder out = new StringBuilder();

    XmlWriter.write(
        XmlElement.builder("u", "a").child(XmlElement.empty("", "b")).build(), "u", out);

    assertThat(out).hasToString("<a><b xmlns=''/></a>");
  }

  @Test
  void attributesInNamespacesGetPrefixesOfTheirOwn() throws Exception {
    XmlElement element =
        XmlElement.builder("u", "a")
            .attribute("x", "0")
            .attribute("u", "x", "1")
            .attribute("v", "x", "2")
            .attribute("v", "y", "3")
            .attribute(XmlElement.XML_NAMESPACE, "lang", "en")
            .build();

    String written = XmlWriter.write(element);

    assertThat(written)
        .isEqualTo(
            "<a xmlns='u' x='0' xmlns:a1='u' a1:x='1' xmlns:a2='v' a2:x='2' xmlns:a3='v' a3:y='3'"
                + " xml:lang='en'/>");
    assertThat(sorted(JdkXml.parse(written))).isEqualTo(sorted(element));
  }

  @Test
  void theReservedNamespaceIsNeverMadeTheDefault() throws Exception {
    XmlElement element =
        XmlElement.builder("u", "a")
            .child(
                XmlElement.builder(XmlElement.XML_NAMESPACE, "b")
                    .child(XmlElement.empty("u", "c"))
                    .child(XmlElement.empty("", "d"))
                    .build())
            .build();

    String written = XmlWriter.write(element);

    assertThat(written).isEqualTo("<a xmlns='u'><xml:b><c/><d xmlns=''/></xml:b></a>");
    assertThat(JdkXml.parse(written)).isEqualTo(element);
  }

  @Property
  void anyTreeIsReadBackByTheJdk(@ForAll("trees") XmlElement tree) throws Exception {
    assertThat(sorted(JdkXml.parse(XmlWriter.write(tree)))).isEqualTo(sorted(clean(tree)));
  }

  @Property
  void anyTreeIsReadBackByOurParser(@ForAll("trees") XmlElement tree) throws Exception {
    assertThat(XmlParser.parse(XmlWriter.write(tree), XmlLimits.INBOUND)).isEqualTo(clean(tree));
  }

  @Property
  void anyTreeIsReadBackInsideAStream(@ForAll("trees") XmlElement tree) throws Exception {
    StringBuilder out = new StringBuilder("<stream xmlns='urn:context'>");
    XmlWriter.write(tree, "urn:context", out);

    assertThat(JdkXml.parse(out.append("</stream>").toString()).elements())
        .singleElement()
        .satisfies(read -> assertThat(sorted(read)).isEqualTo(sorted(clean(tree))));
  }

  @Property
  void anyTreesAreTheSameInBytes(
      @ForAll("trees") XmlElement one, @ForAll("trees") XmlElement other) {
    XmlBytes bytes = new XmlBytes();
    for (XmlElement tree : List.of(one, other, one)) {
      StringBuilder text = new StringBuilder();
      XmlWriter.write(tree, "urn:context", text);
      bytes.clear();
      XmlWriter.write(tree, "urn:context", bytes);

      assertThat(Arrays.copyOf(bytes.array(), bytes.length()))
          .isEqualTo(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aLargeElementIsTheSameInBytes() {
    XmlElement element =
        XmlElement.builder("", "a")
            .attribute("b", "'".repeat(100_000) + "\uD83D\uDE00\uD83D")
            .text("\u20AC&".repeat(50_000))
            .build();
    XmlBytes bytes = new XmlBytes();
    XmlWriter.write(element, "", bytes);

    assertThat(bytes).hasToString(XmlWriter.write(element));
  }

  @Provide
  Arbitrary<XmlElement> trees() {
    Arbitrary<XmlNode> text = anyText().map(XmlText::new);
    Arbitrary<XmlElement> leaf = element(text.list().ofMaxSize(2));
    Arbitrary<XmlElement> middle =
        element(Arbitraries.oneOf(text, leaf.map(e -> (XmlNode) e)).list().ofMaxSize(3));
    return element(Arbitraries.oneOf(text, middle.map(e -> (XmlNode) e)).list().ofMaxSize(3));
  }

  private static Arbitrary<XmlElement> element(Arbitrary<List<XmlNode>> children) {
    Arbitrary<List<XmlAttribute>> attributes =
        Combinators.combine(namespaces(), names(), anyText())
            .as(XmlAttribute::new)
            .list()
            .uniqueElements(a -> List.of(a.namespace(), a.name()))
            .ofMaxSize(4);
    return Combinators.combine(namespaces(), names(), attributes, children).as(XmlElement::new);
  }

  private static Arbitrary<String> namespaces() {
    return Arbitraries.oneOf(
        Arbitraries.of("", "u", "v", "urn:context", "a'\"<>&\n\t\r b", XmlElement.XML_NAMESPACE),
        Arbitraries.strings().ofMaxLength(5).filter(s -> XmlChars.firstForbidden(s) < 0));
  }

  private static Arbitrary<String> names() {
    return Arbitraries.of("a", "a1", "b-c", "_", "xml", "x.y", "\u00E4\u00F6", "\u0416", "\u4E00");
  }

  private static Arbitrary<String> anyText() {
    Arbitrary<Character> special =
        Arbitraries.of(
            '<', '>', '&', '\'', '"', '\r', '\n', '\t', ' ', ']', '\0', '\u001F', '\u0085',
            '\u2028', '\uD83D', '\uDE00', '\uFFFE', '\uFEFF');
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(20),
        special.list().ofMaxSize(20).map(XmlWriterTest::join));
  }

  private static String join(List<Character> characters) {
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }

  /** The tree as it should arrive: forbidden characters replaced, adjacent text joined. */
  private static XmlElement clean(XmlElement element) {
    XmlElement.Builder builder = XmlElement.builder(element.namespace(), element.name());
    element
        .attributes()
        .forEach(a -> builder.attribute(a.namespace(), a.name(), cleanText(a.value())));
    StringBuilder text = new StringBuilder();
    for (XmlNode child : element.children()) {
      if (child instanceof XmlText piece) {
        text.append(cleanText(piece.text()));
      } else if (child instanceof XmlElement inner) {
        builder.text(text.toString()).child(clean(inner));
        text.setLength(0);
      }
    }
    return builder.text(text.toString()).build();
  }

  private static String cleanText(String text) {
    return text.codePoints()
        .map(c -> XmlChars.isAllowed(c) ? c : XmlChars.REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The DOM has its own order of attributes. */
  private static XmlElement sorted(XmlElement element) {
    List<XmlAttribute> attributes = new ArrayList<>(element.attributes());
    attributes.sort(
        Comparator.comparing(XmlAttribute::namespace).thenComparing(XmlAttribute::name));
    return new XmlElement(
        element.namespace(),
        element.name(),
        attributes,
        element.children().stream()
            .map(child -> child instanceof XmlElement inner ? sorted(inner) : child)
            .toList());
  }
}
