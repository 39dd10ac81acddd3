package io.stanzahook.app.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What docs/guide/formats.md shows of what is posted is what people see. */
class FormatDocsTest {
  private static final Path PAGE = Path.of("..", "docs", "guide", "formats.md");
  private static final Formats FORMATS = Formats.builtIn();

  /** JSON with its format, and an event where a header names one; then the text. */
  private static final Pattern EXAMPLE =
      Pattern.compile("```json (\\S+) ?(.*)\\n([^`]+)```\\n\\n```text\\n([^`]+)\\n```\\n");

  private record Example(String format, String event, String posted, String seen) {}

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    Matcher each = EXAMPLE.matcher(Files.readString(PAGE));
    while (each.find()) {
      examples.add(new Example(each.group(1), each.group(2), each.group(3), each.group(4)));
    }
    return examples;
  }

  @Test
  void whatThePageShowsIsWhatPeopleSee() throws Exception {
    Set<String> shown = new HashSet<>();
    for (Example each : examples()) {
      RequestHeaders headers =
          RequestHeaders.of(
              Map.of("X-GitHub-Event", each.event(), "X-Gitea-Event", each.event()).entrySet());
      ObjectNode posted = (ObjectNode) new JsonMapper().readTree(each.posted());
      assertThat(FORMATS.find(each.format()).body(posted, headers)).isEqualTo(each.seen());
      shown.add(each.format());
    }
    assertThat(shown)
        .contains("github", "gitea", "gitlab", "uptime-kuma", "healthchecks", "generic");
  }

  @Test
  void eachFormatHasItsPlaceAndSaysWhatIsNotShown() throws Exception {
    String page = Files.readString(PAGE);
    for (String format : FORMATS.names()) {
      assertThat(page).as(format).containsPattern("\\[`" + format + "`]\\(#");
    }
    assertThat(page.split("\\*\\*Not shown\\*\\*", -1)).hasSizeGreaterThan(5);
  }
}
