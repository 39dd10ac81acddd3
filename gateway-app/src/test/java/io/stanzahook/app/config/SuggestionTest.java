package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.settings.Suggestion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> FLAGS = RunOptions.ALL.stream().map(Option::flag).toList();

  @ParameterizedTest
  @CsvSource({
    "--post-uri,--post-url",
    "--posturl,--post-url",
    "--pots-url,--post-url",
    "--Server,--server",
    "-server,--server",
    "post_url,--post-url",
    "--http-listn,--http-listen",
    "--oder,--order"
  })
  void findsTheNearName(String typed, String meant) {
    assertThat(Suggestion.nearest(typed, FLAGS)).isEqualTo(meant);
    assertThat(Suggestion.suffix(typed, FLAGS)).isEqualTo("; did you mean " + meant + "?");
  }

  @Test
  void saysNothingWhereNoNameIsNear() {
    assertThat(Suggestion.suffix("--carrots", FLAGS)).isEmpty();
    assertThat(Suggestion.suffix("--", FLAGS)).isEmpty();
    assertThat(Suggestion.suffix("x".repeat(100_000), FLAGS)).isEmpty();
  }
}
