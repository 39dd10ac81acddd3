package io.stanzahook.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptTest {
  private final Transcript plain = new Transcript(false);

  private static Step.Responded response(String contentType, String body) {
    return new Step.Responded(
        200, "OK", List.of(Map.entry("Content-Type", contentType)), body, false, 1_500_000);
  }

  @Test
  void showsJsonWithOnePropertyALine() {
    assertThat(
            plain.of(
                response(
                    "application/json; charset=utf-8",
                    "{\"b\":[1,{\"n\":1.50}],\"a\":\"\u00FC\"}")))
        .isEqualTo(
            """
            response    200 OK in 1.5 ms
                        Content-Type: application/json; charset=utf-8
                        {
                          "b": [
                            1,
                            {
                              "n": 1.50
                            }
                          ],
                          "a": "\u00FC"
                        }
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "nothing", "{\"a\" 1}", "[[["})
  void showsWhatOnlyClaimsToBeJsonAsItIs(String body) {
    assertThat(plain.of(response("application/json", body))).endsWith("            " + body + "\n");
  }

  @Test
  void nothingCanTakeTheTerminalOver() {
    assertThat(plain.of(new Step.StanzaIn("a\u001B[2Jb\u0007c\u009Bd\u202Ee\r\nf\tg")))
        .isEqualTo("stanza in   a\\u001B[2Jb\\u0007c\\u009Bd\\u202Ee\n            f\tg\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "cookie", "X-Auth-Token", "x-api-key", "My-Secret"})
  void hidesCredentials(String header) {
    Step.Posted posted =
        new Step.Posted("POST", "http://h/", List.of(Map.entry(header, "12345")), "");
    assertThat(plain.of(posted))
        .isEqualTo("POST        http://h/\n            " + header + ": (hidden, 5 characters)\n");
  }

  @Test
  void showsOnlyTheStartOfWhatIsLong() {
    String text = plain.of(response("text/plain", "x".repeat(Transcript.MAX_SHOWN + 5)));
    assertThat(text).endsWith("x… (5 more characters)\n");
    assertThat(text.length()).isLessThan(Transcript.MAX_SHOWN + 200);
  }

  @Test
  void coloursOnlyWhereAsked() {
    assertThat(new Transcript(true).of(new Step.StanzaIn("<a/>")))
        .isEqualTo("\u001B[36mstanza in\u001B[0m   <a/>\n");
    assertThat(plain.of(new Step.StanzaIn("<a/>"))).isEqualTo("stanza in   <a/>\n");
  }
}
