package io.stanzahook.app.formats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the program's own templates make of what other programs send, by their documentation. */
class FormatsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Formats FORMATS = Formats.builtIn();

  // ------------------------------------------------------------ Alertmanager

  private static final String GROUP =
      """
      {"version": "4", "groupKey": "{}:{alertname=\\"DiskFull\\"}", "truncatedAlerts": 2,
       "status": "firing", "receiver": "ops", "groupLabels": {"alertname": "DiskFull", "dc": "b"},
       "commonLabels": {"alertname": "DiskFull"}, "commonAnnotations": {},
       "externalURL": "http://alerts.example:9093",
       "alerts": [
        {"status": "firing", "labels": {"alertname": "DiskFull", "host": "db1"},
         "annotations": {"summary": "db1 has 2 % left", "description": "It fills\\n since noon.",
                         "runbook_url": "https://wiki.example/disk"},
         "startsAt": "2026-11-22T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
         "generatorURL": "http://prometheus.example/graph?g0.expr=x", "fingerprint": "1f"},
        {"status": "resolved", "labels": {"alertname": "DiskFull", "host": "db2"},
         "annotations": {}, "startsAt": "2026-11-22T11:00:00Z",
         "endsAt": "2026-11-22T11:30:00Z", "generatorURL": "", "fingerprint": "2f"}]}
      """;

  @Test
  void alertmanagersGroupIsALineForEachFact() {
    assertThat(body("alertmanager", GROUP))
        .isEqualTo(
            """
            [FIRING:2] DiskFull b
            - FIRING db1 has 2 % left
              It fills since noon.
              alertname=DiskFull host=db1
              since 2026-11-22T12:00:00Z
              https://wiki.example/disk
              http://prometheus.example/graph?g0.expr=x
            - RESOLVED DiskFull
              alertname=DiskFull host=db2
              since 2026-11-22T11:00:00Z
              until 2026-11-22T11:30:00Z
            and 2 more
            http://alerts.example:9093\
            """);
    assertThat(subject("alertmanager", GROUP)).isEqualTo("[FIRING] DiskFull b");
  }

  @Test
  void alertmanagersGroupOfAllNamesWhatIsCommon() {
    assertThat(
            body(
                "alertmanager",
                "{\"status\":\"resolved\",\"commonLabels\":{\"alertname\":\"Down\"},\"alerts\":[],\"truncatedAlerts\":0}"))
        .isEqualTo("[RESOLVED] Down");
    assertThat(body("alertmanager", "{}")).isEqualTo("[ALERT]");
  }

  // ------------------------------------------------------------ Grafana

  @Test
  void grafanasAlertsHaveTheirValuesAndPanels() {
    assertThat(
            body(
                "grafana",
                """
                {"receiver": "ops", "status": "firing", "orgId": 1, "version": "1",
                 "groupKey": "{}:{}", "truncatedAlerts": 0, "groupLabels": {}, "commonLabels": {},
                 "commonAnnotations": {}, "externalURL": "http://grafana.example/",
                 "title": "[FIRING:1] Memory (ops)", "state": "alerting",
                 "message": "**Firing**, and all of it again",
                 "alerts": [{"status": "firing", "labels": {"alertname": "Memory"},
                   "annotations": {"summary": "Memory is short"},
                   "startsAt": "2026-11-22T12:00:00+01:00", "endsAt": "0001-01-01T00:00:00Z",
                   "values": {"B": 44.25, "C": 1}, "valueString": "[ var='B' ]",
                   "generatorURL": "http://grafana.example/alerting/1",
                   "dashboardURL": "http://grafana.example/d/1",
                   "panelURL": "http://grafana.example/d/1?viewPanel=2",
                   "silenceURL": "http://grafana.example/silence", "fingerprint": "3f"}]}
                """))
        .isEqualTo(
            """
            [FIRING:1] Memory (ops)
            - FIRING Memory is short
              alertname=Memory
              B=44.25 C=1
              since 2026-11-22T12:00:00+01:00
              http://grafana.example/d/1?viewPanel=2
            http://grafana.example/\
            """);
  }

  @Test
  void grafanasOlderFormIsTitleMessageAndMatches() {
    String older =
        """
        {"title": "[Alerting] Load", "state": "alerting", "ruleName": "Load", "ruleId": 1,
         "ruleUrl": "http://grafana.example/d/2", "message": "The load is high.",
         "evalMatches": [{"value": 7.5, "metric": "web1", "tags": {}}]}
        """;
    assertThat(body("grafana", older))
        .isEqualTo(
            """
            [Alerting] Load
            The load is high.
              web1: 7.5
            http://grafana.example/d/2\
            """);
    assertThat(subject("grafana", older)).isEqualTo("[Alerting] Load");
    assertThat(body("grafana", "{\"state\":\"ok\",\"ruleName\":\"Load\"}")).isEqualTo("[OK] Load");
    assertThat(body("grafana", "{}")).isEqualTo("[ALERT]");
    assertThat(subject("grafana", "{}")).isNull();
  }

  // ------------------------------------------------------------ Slack

  @ParameterizedTest
  @CsvSource(
      delimiter = '\u00a7',
      value = {
        "*bold* _it_ ~no~ `x` § *bold* _it_ ~no~ `x`",
        "a &lt;b&gt; &amp; c &amp;lt; § a <b> & c &lt;",
        "<https://x.example|the build> failed § the build (https://x.example) failed",
        "see <https://x.example/?a=1&amp;b=2> § see https://x.example/?a=1&b=2",
        "<mailto:a@b.example|a@b.example> § a@b.example",
        "<mailto:a@b.example|Ann> § Ann (a@b.example)",
        "<!channel> <!here|here> <!everyone> § @channel @here @everyone",
        "<@U024BE7LH> <@U0|ann> <#C0|general> § @U024BE7LH @ann #general",
        "<#C0> <!subteam^S1|@admins> <!subteam^S1> § #C0 @admins @S1",
        "<!date^1392734382^{date}|Feb 18> § Feb 18",
        "a < b § a < b",
        "<> § ''",
      })
  void slacksMarkupIsWrittenOut(String mrkdwn, String plain) {
    assertThat(SlackText.plain(mrkdwn)).isEqualTo(plain);
  }

  @Test
  void slacksBlocksComeBeforeItsText() {
    String blocks =
        """
        {"text": "for notifications only", "blocks": [
          {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
          {"type": "section", "text": {"type": "mrkdwn", "text": "*api* <https://x.example|#42>"},
           "accessory": {"type": "button", "text": {"type": "plain_text", "text": "Open"},
                         "url": "https://x.example"}},
          {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Who*\\nann"},
                                         {"type": "plain_text", "text": "prod"}]},
          {"type": "divider"},
          {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a graph"},
          {"type": "context", "elements": [{"type": "image", "alt_text": "logo"},
                                           {"type": "mrkdwn", "text": "just now"}]},
          {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Log"}, "url": "https://l"},
            {"type": "button", "text": {"type": "plain_text", "text": "Undo"}}]}]}
        """;
    assertThat(body("slack", blocks))
        .isEqualTo(
            """
            *Deploy*
            *api* #42 (https://x.example)
            https://x.example
            *Who*
            ann
            prod
            ----
            a graph https://x.example/i.png
            logo just now
            Log https://l Undo\
            """);
    assertThat(body("slack", "{\"text\":\"seen\",\"blocks\":[{\"type\":\"video\"}]}"))
        .isEqualTo("seen");
    assertThat(subject("slack", blocks)).isNull();
  }

  @Test
  void slacksAttachmentsFollow() {
    assertThat(
            body(
                "slack",
                """
                {"text": "Two builds", "username": "ci", "channel": "#x", "icon_emoji": ":x:",
                 "attachments": [
                  {"fallback": "not shown", "color": "danger", "pretext": "Failed:",
                   "author_name": "CI", "title": "api", "title_link": "https://x.example",
                   "text": "in <https://x.example|#42>", "footer": "since noon",
                   "fields": [{"title": "Branch", "value": "main", "short": true},
                              {"value": "no title"}]},
                  {"fallback": "web passed", "color": "good"}]}
                """))
        .isEqualTo(
            """
            Two builds
            Failed:
            CI
            *api*
            https://x.example
            in #42 (https://x.example)
            *Branch*: main
            no title
            since noon
            web passed\
            """);
  }

  @Test
  void slacksRichTextIsItsText() {
    assertThat(
            body(
                    "slack",
                    """
                    {"blocks": [{"type": "rich_text", "elements": [
                      {"type": "rich_text_section", "elements": [{"type": "text", "text": "Two: "},
                        {"type": "link", "url": "https://x.example"}]},
                      {"type": "rich_text_list", "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}
                      ]}]}]}
                    """)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty()))
        .containsExactly("Two: https://x.example", "- one", "- two");
  }

  /** Blocks of many kinds, each with a word of its own. */
  private static final String BLOCKS =
      """
      [{"type": "header", "text": {"type": "plain_text", "text": "one"}},
       {"type": "section", "text": {"type": "mrkdwn", "text": "two"},
        "fields": [{"type": "mrkdwn", "text": "three"}, {"type": "mrkdwn", "text": "four"}],
        "accessory": {"type": "button", "text": {"type": "plain_text", "text": "five"}}},
       {"type": "context", "elements": [{"type": "mrkdwn", "text": "six"},
                                        {"type": "image", "alt_text": "seven"}]},
       {"type": "actions", "elements": [
         {"type": "button", "text": {"type": "plain_text", "text": "eight"}, "value": "x"},
         {"type": "static_select", "placeholder": {"type": "plain_text", "text": "nine"},
          "options": [{"text": {"type": "plain_text", "text": "ten"}, "value": "y"}]}]},
       {"type": "image", "image_url": "https://i", "title": {"type": "plain_text", "text": "eleven"}},
       {"type": "video", "title": {"type": "plain_text", "text": "twelve"},
        "description": {"type": "plain_text", "text": "thirteen"}, "video_url": "https://v"},
       {"type": "markdown", "text": "fourteen"},
       {"type": "input", "label": {"type": "plain_text", "text": "fifteen"},
        "element": {"type": "plain_text_input"}},
       {"type": "rich_text", "elements": [
         {"type": "rich_text_section", "elements": [{"type": "text", "text": "sixteen "},
           {"type": "user", "user_id": "U1"}, {"type": "text", "text": " "},
           {"type": "emoji", "name": "rocket", "unicode": "1f680"},
           {"type": "link", "url": "https://l", "text": "seventeen"}]},
         {"type": "rich_text_list", "style": "ordered", "elements": [
           {"type": "rich_text_section", "elements": [{"type": "text", "text": "eighteen"}]},
           {"type": "rich_text_section", "elements": [{"type": "text", "text": "nineteen"}]}]},
         {"type": "rich_text_quote", "elements": [{"type": "text", "text": "twenty"}]},
         {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "twenty-one"}]}]},
       {"type": "table", "rows": [[{"type": "raw_text", "text": "twenty-two"},
                                   {"type": "raw_text", "text": "twenty-three"}]]},
       {"type": "card", "title": {"type": "mrkdwn", "text": "twenty-four"},
        "body": {"type": "mrkdwn", "text": "twenty-five"},
        "actions": [{"type": "button", "text": {"type": "plain_text", "text": "twenty-six"}}]}]
      """;

  private static final String SHOWN =
      """
      *one*
      two
      three
      four
      five
      six seven
      eight nine ten
      eleven https://i
      *twelve*
      thirteen
      https://v
      fourteen
      fifteen
      sixteen @U1 🚀seventeen (https://l)
      1. eighteen
      2. nineteen
      > twenty
      ```
      twenty-one
      ```
      twenty-two | twenty-three
      twenty-four
      twenty-five
      twenty-six\
      """;

  @Test
  void slacksBlocksAreTheSameWhereverTheyStand() {
    assertThat(body("slack", "{\"blocks\":" + BLOCKS + "}")).isEqualTo(SHOWN);
    assertThat(
            body(
                "slack",
                "{\"text\":\"first\",\"attachments\":[{\"color\":\"good\",\"fallback\":\"no\",\"blocks\":"
                    + BLOCKS
                    + "}]}"))
        .isEqualTo("first\n" + SHOWN);
    assertThat(
            body(
                "slack",
                "{\"attachments\":[{\"message_blocks\":[{\"message\":{\"blocks\":"
                    + BLOCKS
                    + "}}]}]}"))
        .isEqualTo(SHOWN);
  }

  @Test
  void slacksOlderButtonsAreShownToo() {
    assertThat(
            body(
                "slack",
                """
                {"attachments": [{"text": "Deploy?", "actions": [
                  {"type": "button", "text": "Yes", "url": "https://y"},
                  {"type": "button", "text": "No"}]}]}
                """))
        .isEqualTo("Deploy?\nYes https://y\nNo");
  }

  @Test
  void hostileBlocksAreBounded() {
    String many = "{\"type\":\"section\",\"text\":{\"text\":\"x\"}},".repeat(20_000);
    assertThat(body("slack", "{\"blocks\":[" + many + "{}]}")).endsWith("[cut off]");
  }

  // ------------------------------------------------------------ what was dropped

  @Test
  void grafanasOwnMessageIsShownAndItsDefaultIsNotSaidTwice() {
    String alert =
        """
        "alerts": [{"status": "firing", "labels": {"alertname": "Memory"},
          "annotations": {"runbook": "https://wiki/memory", "impact": "slow", "__panelId__": "2",
                          "runbook_url": "https://wiki/url"},
          "valueString": "[ var='B' value=5 ]", "imageURL": "https://g/i.png"}]}
        """;
    assertThat(body("grafana", "{\"title\":\"T\",\"message\":\"Ann: look at it.\"," + alert))
        .isEqualTo(
            """
            T
            Ann: look at it.
            - FIRING Memory
              runbook: https://wiki/memory
              impact: slow
              alertname=Memory
              [ var='B' value=5 ]
              https://wiki/url
              https://g/i.png\
            """);
    assertThat(
            body("grafana", "{\"title\":\"T\",\"message\":\"**Firing**\\n\\nValue: 5\"," + alert))
        .doesNotContain("Value: 5");
  }

  @Test
  void alertmanagersOtherAnnotationsAreShown() {
    assertThat(
            body(
                "alertmanager",
                """
                {"status": "firing", "groupLabels": {"job": "db"}, "alerts": [
                  {"status": "firing", "labels": {"alertname": "Down"},
                   "annotations": {"summary": "S", "message": "M", "description": "D",
                                   "runbook": "https://wiki/down", "dashboard": "https://d"}},
                  {"status": "firing", "labels": {"alertname": "Up"},
                   "annotations": {"message": "only M"}}]}
                """))
        .isEqualTo(
            """
            [FIRING:2] db
            - FIRING S
              D
              M
              runbook: https://wiki/down
              dashboard: https://d
              alertname=Down
            - FIRING only M
              alertname=Up\
            """);
  }

  @Test
  void nothingToShowIsNothing() {
    assertThat(body("slack", "{}")).isEmpty();
    assertThat(body("slack", "{\"text\":\"\",\"attachments\":[{}],\"blocks\":null}")).isEmpty();
    assertThat(body("slack", "{\"text\":17}")).isEqualTo("17");
  }

  private static String body(String format, String json) {
    return FORMATS.find(format).body((ObjectNode) JSON.readTree(json), RequestHeaders.NONE);
  }

  private static String subject(String format, String json) {
    return FORMATS.find(format).subject((ObjectNode) JSON.readTree(json), RequestHeaders.NONE);
  }
}
