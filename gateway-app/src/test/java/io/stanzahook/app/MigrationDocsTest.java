package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The guide from mod_component_http names every difference that ModComponentHttpIT allows. To write
 * its table anew: {@code mvn -pl gateway-app -am test -Dtest=MigrationDocsTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true}.
 */
class MigrationDocsTest {
  private static final Path FILE = Path.of("..", "docs", "migrate", "mod_component_http.md");

  @Test
  void theTableNamesEveryAllowedDifference() throws IOException {
    Map<String, List<String>> casesByReason = new LinkedHashMap<>();
    for (JsonNode each : differences()) {
      casesByReason
          .computeIfAbsent(each.path("reason").asString(), reason -> new ArrayList<>())
          .add(each.path("case").asString());
    }
    assertThat(casesByReason).isNotEmpty();

    StringBuilder table = new StringBuilder("| recorded case | difference |\n|---|---|\n");
    casesByReason.forEach(
        (reason, cases) ->
            table.append("| %s | %s |\n".formatted(String.join("; ", cases), reason)));
    GeneratedPart.check(FILE, "differences", table.toString());
  }

  private static JsonNode differences() throws IOException {
    try (InputStream in =
        MigrationDocsTest.class.getResourceAsStream("/mod_component_http/differences.json")) {
      return new JsonMapper().readTree(in);
    }
  }
}
