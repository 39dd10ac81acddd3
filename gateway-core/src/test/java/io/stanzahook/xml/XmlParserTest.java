package io.stanzahook.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlParserTest {
  private static final XmlLimits LIMITS = new XmlLimits(4, 10, 8);

  static Stream<Arguments> b1_restricted() {
    return Stream.of(
        Arguments.of("<!DOCTYPE a><a/>", "DOCTYPE"),
        Arguments.of("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE"),
        Arguments.of("<a><!-- c --></a>", "comment"),
        Arguments.of("<!-- c --><a/>", "comment"),
        Arguments.of("<a/><!-- c -->", "comment"),
        Arguments.of("<a><?php x ?></a>", "processing instruction"),
        Arguments.of("<?php x ?><a/>", "processing instruction"),
        Arguments.of("<a/><?php x ?>", "processing instruction"),
        Arguments.of("<a/><?xml version='1.0'?>", "processing instruction"));
  }

  @ParameterizedTest
  @MethodSource
  void b1_restricted(String text, String named) {
    assertThatThrownBy(() -> XmlParser.parse(text, LIMITS))
        .isInstanceOf(XmlException.class)
        .hasMessageContaining(named)
        .hasMessageContaining("not allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<a>&nbsp;</a>",
        "<a b='&nbsp;'/>",
        "<a>&undefined;</a>",
        "<a>&amp</a>",
        "<a>& </a>",
        "<a>&;</a>"
      })
  void b1_entitiesOtherThanTheFiveAreRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "text",
        "<",
        "<a",
        "<a>",
        "<a></a",
        "<a><b></a>",
        "<a></b>",
        "</a>",
        "<a b/>",
        "<a b=c/>",
        "<a b='c/>",
        "<a b='c'd='e'/>",
        "<a b='<'/>",
        "<a/><b/>",
        "<a></a><a></a>",
        "<a/>text",
        "text<a/>",
        "\uB33Ca/>",
        "\u0120<a/>",
        "<?xml version='1.0'?>\u0120<a/>",
        "<a/>\u0120",
        "<a/>&#65;",
        "<a/><![CDATA[x]]>",
        "<![CDATA[x]]><a/>",
        "<a><![CDATA[x]]</a>",
        "<a><![cdata[x]]></a>",
        "<a>]]></a>",
        "<a>x ]]> y</a>",
        "<1/>",
        "< a/>",
        "<a 1='x'/>",
        "<\uD83D\uDE00/>",
        "<?xml version='1.0'?",
        "<?xml version='3.0'?><a/>",
        "<?xml version='1.1'?><a/>",
        " <?xml version='1.0'?><a/>"
      })
  void b2_illFormedIsRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p:a/>",
        "<a p:b='c'/>",
        "<a><p:b xmlns:p='u'/><p:c/></a>",
        "<a b='1' b='2'/>",
        "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
        "<a xmlns='u' xmlns='v'/>",
        "<a xmlns:p='u' xmlns:p='v'/>",
        "<a xmlns:p=''/>",
        "<a xmlns:xmlns='u'/>",
        "<a xmlns:xml='u'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<xmlns:a/>",
        "<:a/>",
        "<a:/>",
        "<a:b:c xmlns:a='u'/>",
        "<a :b='c'/>",
        "<a xmlns:='u'/>",
        "<a xmlns:0='u'/>"
      })
  void b2_namespacesAreChecked(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&#0;",
        "&#1;",
        "&#x0B;",
        "&#xD83D;",
        "&#xD83D;&#xDE00;",
        "&#xFFFE;",
        "&#xFFFF;",
        "&#x110000;",
        "&#xFFFFFFFFF;",
        "&#;",
        "&#x;",
        "&#-1;",
        "&#xZZ;"
      })
  void b3_referencesToForbiddenCharactersAreRefused(String reference) {
    refused("<a>" + reference + "</a>");
    refused("<a>text" + reference + "text</a>");
    refused("<a b='" + reference + "'/>");
    refused("<a xmlns='u" + reference + "'/>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000",
        "\u0001",
        "\u001F",
        "\uFFFE",
        "\uFFFF",
        "\uD83D",
        "\uDE00",
        "\uDE00\uD83D"
      })
  void b3_forbiddenCharactersAreRefused(String character) {
    refused("<a>" + character + "</a>");
    refused("<a b='" + character + "'/>");
    refused("<a><![CDATA[" + character + "]]></a>");
    refused("<a/>" + character);
  }

  @Test
  void b5_byteOrderMarkIsRefusedBeforeTheRootAndKeptInText() throws XmlException {
    refused("\uFEFF<a/>");
    assertThat(parse("<a>\uFEFFx</a>").text()).isEqualTo("\uFEFFx");
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("<a>x</a>", "x"),
        Arguments.of("<a>&lt;&gt;&amp;&apos;&quot;</a>", "<>&'\""),
        Arguments.of("<a>&#65;&#x42;&#x1F600;</a>", "AB\uD83D\uDE00"),
        Arguments.of("<a>\uD83D\uDE00\u007F\u0085\u2028</a>", "\uD83D\uDE00\u007F\u0085\u2028"),
        Arguments.of("<a>x<![CDATA[<b>&amp;]]>y<![CDATA[]]]]>z</a>", "x<b>&amp;y]]z"),
        Arguments.of("<a><![CDATA[]]></a>", ""),
        Arguments.of("<a>\r\nx\ry&#13;z\n</a>", "\nx\ny\rz\n"),
        Arguments.of("<a> \t </a>", " \t "),
        Arguments.of("<a>]] ></a>", "]] >"),
        Arguments.of(" \n<a>x</a>\n ", "x"),
        Arguments.of("<?xml version='1.0' encoding='UTF-8'?>\n<a>x</a>", "x"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void b11_textIsUnescapedAndJoined(String text, String expected) throws XmlException {
    XmlElement element = parse(text);

    assertThat(element.text()).isEqualTo(expected);
    assertThat(element.children())
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(new XmlText(expected)));
  }

  @Test
  void b12_whitespaceInAttributesIsNormalised() throws XmlException {
    assertThat(parse("<a b='1\t2\n3\r\n4&#9;5&#10;6&#13;7'/>").attribute("b"))
        .isEqualTo("1 2 3 4\t5\n6\r7");
  }

  @Test
  void childrenKeepTheirOrder() throws XmlException {
    assertThat(parse("<a>1<b/>2<c>3</c></a>"))
        .isEqualTo(
            XmlElement.builder("", "a")
                .text("1")
                .child(XmlElement.empty("", "b"))
                .text("2")
                .child(XmlElement.text("", "c", "3"))
                .build());
  }

  @Test
  void b12_whitespaceInNamespacesIsNormalisedToo() throws XmlException {
    assertThat(parse("<p:a xmlns:p='\nu\r\nv' p:b='\t'/>"))
        .isEqualTo(XmlElement.builder(" u v", "a").attribute(" u v", "b", " ").build());
  }

  @Test
  void b8_namesAreExpanded() throws XmlException {
    assertThat(
            parse(
                "<p:a xmlns='u' xmlns:p='v' x='1' p:x='2' xml:lang='en'><b/><p:c/>"
                    + "<d xmlns=''/><p:e xmlns:p='w'/></p:a>"))
        .isEqualTo(
            XmlElement.builder("v", "a")
                .attribute("x", "1")
                .attribute("v", "x", "2")
                .attribute(XmlElement.XML_NAMESPACE, "lang", "en")
                .child(XmlElement.empty("u", "b"))
                .child(XmlElement.empty("v", "c"))
                .child(XmlElement.empty("", "d"))
                .child(XmlElement.empty("w", "e"))
                .build());
  }

  @Test
  void elementsMayBeInTheReservedXmlNamespace() throws XmlException {
    assertThat(parse("<xml:a/>")).isEqualTo(XmlElement.empty(XmlElement.XML_NAMESPACE, "a"));
  }

  @ParameterizedTest
  @ValueSource(ints = {3_990, 3_999, 4_000, 4_001, 8_000, 100_000})
  void longTextIsOnePieceWhereverTheReadersBufferEnds(int length) throws XmlException {
    for (int shift = 0; shift < 8; shift++) {
      String text = "x".repeat(length + shift) + "\uD83D\uDE00y\r\n<&".repeat(2_000);
      String escaped = text.replace("&", "&amp;").replace("<", "&lt;");

      assertThat(parse("<a>" + escaped + "</a>").children())
          .containsExactly(new XmlText(text.replace("\r\n", "\n")));
      assertThat(parse("<a b='" + escaped + "'/>").attribute("b"))
          .isEqualTo(text.replace("\r\n", " "));
    }
  }

  @Test
  void b13_depthIsLimited() throws XmlException {
    assertThat(parse("<a><a><a><a/></a></a></a>").name()).isEqualTo("a");
    refused("<a><a><a><a><a/></a></a></a></a>", "nested deeper than 4");
    refused("<a>".repeat(100_000), "nested deeper than 4");
  }

  @Test
  void b13_elementsAreLimited() throws XmlException {
    assertThat(parse("<a>" + "<b/>".repeat(9) + "</a>").elements()).hasSize(9);
    refused("<a>" + "<b/>".repeat(10) + "</a>", "more than 10 elements");
  }

  @Test
  void b13_attributesAndDeclarationsAreLimitedTogether() throws XmlException {
    String eight = "<a xmlns='u' xmlns:p='v' c='' d='\">' e=\"'\" f='=' g='1' p:h='/'";

    assertThat(parse(eight + "/>").attributes()).hasSize(6);
    refused(eight + " i=''/>", "more than 8 attributes");
    refused(eight + " xmlns:q='w'/>", "more than 8 attributes");
    refused("<b>" + eight + " i=''/></b>", "more than 8 attributes");
    assertThat(parse("<b>" + eight + "/>'''''''''\"\"\"\"\"\"\"\"\"</b>").elements()).hasSize(1);
  }

  @Test
  void b13_quotesInCdataAreNoAttributes() throws XmlException {
    assertThat(parse("<a><![CDATA[<a " + "x='' ".repeat(100) + "]]></a>").text())
        .startsWith("<a x");
  }

  @Test
  void aBombOfDeclarationsIsRefusedBeforeItIsRead() {
    StringBuilder bomb = new StringBuilder("<a");
    for (int i = 0; i < 20_000; i++) {
      bomb.append(" xmlns:p").append(i).append("='u'");
    }
    bomb.append("/><!-- never looked at -->");

    refused(bomb.toString(), "more than 8 attributes");
  }

  /** No text makes the parser fail other than it says, or accept what the JDK's refuses. */
  @Property(tries = 3_000)
  void whatIsAcceptedIsWellFormed(@ForAll("markup") String markup) throws Exception {
    for (String text : List.of(markup, "<a>" + markup + "</a>", "<a b='" + markup + "'/>")) {
      try {
        assertThat(parse(text)).isEqualTo(JdkXml.parse(text));
      } catch (XmlException refused) {
        assertThat(refused).hasMessageNotContaining("\n");
      }
    }
  }

  @Provide
  Arbitrary<String> markup() {
    return Arbitraries.of(
            "<a",
            "<p:a",
            "</a>",
            "</p:a>",
            ">",
            "/>",
            "<",
            "/",
            ":",
            "=",
            "'",
            "\"",
            "]]>",
            "<![CDATA[",
            "<!--",
            "-->",
            "<?",
            "?>",
            "&",
            ";",
            "&lt;",
            "&#65;",
            "&#x1F600;",
            "&#xD;",
            "&#0;",
            "\r\n",
            "\t",
            " ",
            "b",
            "1",
            " b='x'",
            " p:b='y'",
            " xmlns='u'",
            " xmlns:p='v'",
            " xmlns=",
            "xml:",
            "\u0085",
            "\u4E00",
            "\uD83D\uDE00")
        .list()
        .ofMaxSize(12)
        .map(tokens -> String.join("", tokens));
  }

  private static XmlElement parse(String text) throws XmlException {
    return XmlParser.parse(text, LIMITS);
  }

  private static void refused(String text) {
    refused(text, "");
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(XmlException.class)
        .hasMessageContaining(message);
  }
}
