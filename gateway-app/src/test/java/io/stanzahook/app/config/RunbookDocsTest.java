package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * docs/operate/runbook.md has what the alert rules send people to, and names flags that there are.
 */
class RunbookDocsTest {
  // Tests run in the module's directory.
  private static final Path DOCS = Path.of("..", "docs", "operate");

  private final String rules = read("prometheus/alerts.yml");
  private final String tests = read("prometheus/alerts_test.yml");
  private final String runbook = read("runbook.md");
  private final List<String> alerts = all("(?m)^ +- alert: (\\w+)$", rules);

  private static String read(String name) {
    try {
      return Files.readString(DOCS.resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  @Test
  void eachAlertHasItsSectionAndEachSectionItsAlert() {
    assertThat(alerts).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    assertThat(all("(?m)^## (\\w+)$", runbook)).containsExactlyElementsOf(alerts);
  }

  @Test
  void eachAlertNamesItsSection() {
    assertThat(all("runbook: (\\S+)", rules))
        .containsExactlyElementsOf(
            alerts.stream()
                .map(alert -> "docs/operate/runbook.md#" + alert.toLowerCase(Locale.ROOT))
                .toList());
    assertThat(all("runbook_url: '\\{\\{ [^}]+ \\}\\}/operate/runbook.md#(\\S+)'", rules))
        .containsExactlyElementsOf(
            alerts.stream().map(alert -> alert.toLowerCase(Locale.ROOT)).toList());
  }

  @Test
  void eachAlertIsTested() {
    for (String alert : alerts) {
      assertThat(tests).contains("alertname=\"" + alert + "\", alertstate=\"firing\"");
    }
  }

  @Test
  void eachFlagExists() {
    Set<String> known =
        RunOptions.ALL.stream().map(Option::flag).collect(Collectors.toCollection(TreeSet::new));

    assertThat(all("(--[a-z][a-z-]+)", runbook)).isNotEmpty().isSubsetOf(known);
  }

  @Test
  void eachSectionNamesAFlagOrSaysWhereElseToTurn() {
    List<String> sections =
        Pattern.compile("(?s)\\n## (\\w+)\\n(.*?)(?=\\n## |$)")
            .matcher(runbook)
            .results()
            .map(MatchResult::group)
            .toList();

    assertThat(sections).hasSameSizeAs(alerts);
    assertThat(sections)
        .allMatch(section -> section.contains("- Look at"))
        .filteredOn(section -> !section.contains("`--"))
        .allMatch(section -> section.contains("report it"));
  }
}
