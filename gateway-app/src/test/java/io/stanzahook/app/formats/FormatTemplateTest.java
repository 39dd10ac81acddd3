package io.stanzahook.app.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class FormatTemplateTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Formats FORMATS = Formats.builtIn();

  // ------------------------------------------------------------ the language

  @Example
  void namesAreLookedForInTheInnermostObject() {
    assertThat(render("{{#a}}{{b}}{{c}};{{/a}}", "{\"c\":9,\"a\":[{\"b\":1},{\"b\":2,\"c\":3}]}"))
        .isEqualTo("1;23;");
    assertThat(render("{{a.b.c}}|{{a.x.c}}|{{a.b}}", "{\"a\":{\"b\":{\"c\":true}}}"))
        .isEqualTo("true||");
  }

  @Example
  void comparesCountsAndListsEntries() {
    String json = "{\"kind\":\"ok\",\"n\":{\"x\":1,\"y\":\"z\"},\"list\":[1,2,3],\"zero\":0}";
    assertThat(render("{{#kind=ok}}yes{{/kind=ok}}{{^kind=no}} no{{/kind=no}}", json))
        .isEqualTo("yes no");
    assertThat(render("{{#n.*}}{{key}}={{value}};{{/n.*}}", json)).isEqualTo("x=1;y=z;");
    assertThat(render("{{list.size}}{{#list}} {{.}}{{/list}}", json)).isEqualTo("3 1 2 3");
    assertThat(render("{{^zero}}none{{/zero}}{{^missing}}, no{{/missing}}", json))
        .isEqualTo("none, no");
  }

  @Example
  void hasHelpers() {
    String json = "{\"a\":\"x \\n y\",\"l\":\"<u|v>\"}";
    assertThat(render("{{#@upper}}{{a}}{{/@upper}}", json)).isEqualTo("X\n Y");
    assertThat(render("{{#@line}}{{a}}{{/@line}}", json)).isEqualTo("x y");
    assertThat(render("{{#@mrkdwn}}{{l}}{{/@mrkdwn}}", json)).isEqualTo("v (u)");
    assertThat(render(" {{#@ifempty}}1{{/@ifempty}}{{#@ifempty}}2{{/@ifempty}}", json))
        .isEqualTo(" 1");
  }

  @Example
  void showsNothingOfJava() {
    String json = "{\"a\":\"x\",\"o\":{},\"l\":[]}";
    for (String name :
        List.of(
            "class",
            "getClass",
            "a.class",
            "a.length",
            "a.isEmpty",
            "o.node",
            "l.node",
            "o.steps",
            "l.iterator",
            "hashCode",
            "toString",
            "o",
            "l")) {
      assertThat(render("{{" + name + "}}", json)).as(name).isEmpty();
    }
  }

  @Example
  void saysWhatIsWrongAndWhere() {
    assertBad("a\n{{#x}}\n", "line 2: Section missing close tag 'x'");
    assertBad("a\n\n{{/x}}", "line 3: Section close tag with no open tag 'x'");
    assertBad("\n{{> other}}", "line 2: templates inside of templates");
    assertBad("{{=<% %>=}}", "line 1: templates inside of templates, and other delimiters");
    assertBad(
        "\n{{#@lower}}{{/@lower}}",
        "line 2: there is no '@lower'; choose one of @firstline, @generic, @gitea, @github, @gitlab, @ifempty, @line");
    assertBad("\n\n{{a", "line 3: a tag is not closed");
    assertBad("\n{{}}", "line 2: a tag is empty");
  }

  private static void assertBad(String template, String problem) {
    assertThatThrownBy(() -> Formats.of(Map.of("x.mustache", template)))
        .isInstanceOf(BadTemplateException.class)
        .hasMessageStartingWith(problem)
        .hasMessageNotContaining("\n");
  }

  // ------------------------------------------------------------ bounds

  @Example
  void whatItMakesIsBounded() {
    String many = "{\"a\":[" + "1,".repeat(50_000) + "1]}";
    assertThat(render("{{#a}}xxxxxxxxxx{{/a}}", many))
        .hasSizeLessThan(FormatTemplate.MAX_CHARACTERS + 20)
        .endsWith("\n[cut off]");
    // Four times through it, each within the other, would go on for years.
    assertThat(render("x{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}", many))
        .isEqualTo("x\n[cut off]");
    assertThat(render("{{a}}", "{\"a\":\"" + "\ud83d\ude00".repeat(9_000) + "\"}"))
        .doesNotContain("\ufffd");
  }

  // ------------------------------------------------------------ whatever is posted

  @Property(tries = 200)
  void whateverIsPostedBecomesLegalText(@ForAll("objects") ObjectNode posted) {
    for (String name : FORMATS.names()) {
      Format format = FORMATS.find(name);
      assertLegal(format.body(posted, RequestHeaders.NONE));
      String subject = format.subject(posted, RequestHeaders.NONE);
      if (subject != null) {
        assertLegal(subject);
        assertThat(subject).isNotBlank().doesNotContain("\n").hasSizeLessThanOrEqualTo(256);
      }
    }
  }

  private static void assertLegal(String text) {
    assertThat(io.stanzahook.xml.XmlChars.firstForbidden(text)).isEqualTo(-1);
    assertThat(text).hasSizeLessThan(FormatTemplate.MAX_CHARACTERS + 20);
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    Arbitrary<String> names =
        Arbitraries.of(
            "alerts",
            "annotations",
            "attachments",
            "blocks",
            "commonLabels",
            "elements",
            "endsAt",
            "evalMatches",
            "externalURL",
            "fallback",
            "fields",
            "generatorURL",
            "groupLabels",
            "labels",
            "message",
            "ruleUrl",
            "startsAt",
            "state",
            "status",
            "summary",
            "text",
            "title",
            "truncatedAlerts",
            "type",
            "url",
            "value",
            "values",
            "*",
            "a.b",
            "size");
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of(
                "header",
                "section",
                "context",
                "rich_text",
                "resolved",
                "<a|b>",
                "<!x",
                "&amp;",
                "\u0000\u0001",
                "\ud800",
                "{{x}}",
                "<",
                "|",
                "\r\n"),
            Arbitraries.strings().all().ofMaxLength(20));
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            texts.map(NODES::stringNode),
            Arbitraries.doubles().map(NODES::numberNode),
            Arbitraries.bigIntegers().map(NODES::numberNode),
            Arbitraries.of(true, false).map(NODES::booleanNode),
            Arbitraries.just(NODES.nullNode()));
    return object(names, node(names, leaves, 3));
  }

  private static Arbitrary<JsonNode> node(
      Arbitrary<String> names, Arbitrary<JsonNode> leaves, int depth) {
    if (depth == 0) {
      return leaves;
    }
    Arbitrary<JsonNode> below = Arbitraries.lazy(() -> node(names, leaves, depth - 1));
    return Arbitraries.oneOf(
        leaves,
        object(names, below).map(JsonNode.class::cast),
        below
            .list()
            .ofMaxSize(4)
            .map(nodes -> NODES.arrayNode().addAll(nodes))
            .map(JsonNode.class::cast));
  }

  private static Arbitrary<ObjectNode> object(Arbitrary<String> names, Arbitrary<JsonNode> below) {
    return Combinators.combine(names.list().ofMaxSize(8), below.list().ofSize(8))
        .as(
            (keys, values) -> {
              ObjectNode object = NODES.objectNode();
              for (int i = 0; i < keys.size(); i++) {
                object.set(keys.get(i), values.get(i));
              }
              return object;
            });
  }

  private static String render(String template, String json, Map<String, String> headers) {
    try {
      return FormatTemplate.parse(template)
          .render((ObjectNode) JSON.readTree(json), RequestHeaders.of(headers.entrySet()));
    } catch (BadTemplateException e) {
      throw new AssertionError(e);
    }
  }

  @Example
  void headersAreSeenInWhateverCaseButForThoseThatProveWhoAsks() {
    Map<String, String> headers =
        Map.of("X-Event", "push", "Authorization", "Bearer t0ken", "X-Gitlab-Token", "s3cret");
    assertThat(render("{{headers.X-Event}} {{headers.x-event}}", "{}", headers))
        .isEqualTo("push push");
    assertThat(
            render(
                "{{#headers.X-Event=push}}yes{{/headers.X-Event=push}}"
                    + "{{^headers.x-event~=pull}} no{{/headers.x-event~=pull}}"
                    + "{{^headers.x-none}} none{{/headers.x-none}}",
                "{}",
                headers))
        .isEqualTo("yes no none");
    assertThat(
            render(
                "{{#headers.*}}{{key}}={{value};{{/headers.*}}".replace("{{value}", "{{value}}"),
                "{}",
                headers))
        .isEqualTo("x-event=push;");
    assertThat(render("{{headers.authorization}}{{headers.x-gitlab-token}}", "{}", headers))
        .isEmpty();
    // Only of the request, and not within what was posted.
    assertThat(render("{{#a}}{{headers.x-event}}{{/a}}", "{\"a\":{\"b\":1}}", headers)).isEmpty();
  }

  @Example
  void aPropertyOfThatNameIsSeenBehindThem() {
    String json = "{\"headers\":{\"x-event\":\"mine\",\"other\":\"o\"}}";
    assertThat(render("{{headers.x-event}}{{headers.other}}", json, Map.of("X-Event", "push")))
        .isEqualTo("pusho");
    assertThat(render("{{headers.x-event}}", json, Map.of())).isEqualTo("mine");
  }

  private static String render(String template, String json) {
    try {
      return FormatTemplate.parse(template)
          .render((ObjectNode) JSON.readTree(json), RequestHeaders.NONE);
    } catch (BadTemplateException e) {
      throw new AssertionError(e);
    }
  }
}
