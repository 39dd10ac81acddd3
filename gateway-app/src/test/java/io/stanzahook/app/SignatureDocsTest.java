package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What docs/guide/signatures.md shows of the bots is what they do; SignaturesIT runs them. To write
 * it anew: {@code mvn -pl gateway-app -am test -Dtest=SignatureDocsTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true}.
 */
class SignatureDocsTest {
  private static final Path DOCS = Path.of("..", "docs", "guide");

  @ParameterizedTest
  @CsvSource({
    "signed.py, verify, python",
    "signed.php, verify, php",
    "signed.js, verify, js",
    "signed.js, verify-ed25519, js"
  })
  void thePageShowsWhatTheBotsDo(String bot, String part, String language) throws IOException {
    String text = Files.readString(DOCS.resolve("bots").resolve(bot));
    String begin = " begin " + part + "\n";
    int first = text.indexOf(begin) + begin.length();
    int end = text.indexOf(" end " + part + "\n");
    assertThat(end).as("the comment that ends %s in %s", part, bot).isGreaterThan(first);
    String code = text.substring(first, text.lastIndexOf('\n', end) + 1);

    GeneratedPart.check(
        DOCS.resolve("signatures.md"),
        language + " " + part,
        "```%s\n%s```\n".formatted(language, code));
  }
}
