package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.TestSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.signing.NewSigningKey;
import io.stanzahook.signing.SigningKeys;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.WebhookSettings.KindUrls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSettingsTest {

  @Test
  void showsNoSecrets() {
    assertThat(
            settings(
                "https://h/hook/s3cret?k=s3cret",
                List.of(Map.entry("Authorization", "Bearer s3cret"))))
        .asString()
        .contains("https://h", "Authorization")
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length, 1",
    "Transfer-Encoding, chunked",
    "Connection, close",
    "webhook-id, x",
    "Webhook-Signature, x",
    "'Bad name', x",
    "'', x",
    "'X:', x",
    "X-Bad, 'a\r\nEvil: s3cret'",
    "X-Bad, 's3cret\u0000'",
  })
  void refusesHeadersThatWouldBreakTheRequest(String name, String value) {
    assertThatThrownBy(() -> settings("http://h", List.of(Map.entry(name, value))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("post_header: ")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aHeaderStandsInPlaceOfOursOrBesideItsLike() {
    HttpHeaders headers = new DefaultHttpHeaders();
    RequestHeaders.write(
        settings(
            "http://h",
            List.of(
                Map.entry("user-AGENT", "mine"),
                Map.entry("X-A", "1"),
                Map.entry("x-a", "2"),
                Map.entry("Host", "other"))),
        "h",
        headers);

    assertThat(headers.getAll("User-Agent")).containsExactly("mine");
    assertThat(headers.getAll("Host")).containsExactly("other");
    assertThat(headers.getAll("X-A")).containsExactly("1", "2");
    assertThat(headers.getAll("Content-Type")).containsExactly("application/json");
  }

  @ParameterizedTest
  @CsvSource({"timeout, 0, 1", "max-response, 1, 0"})
  void namesTheSettingThatIsOutOfItsBounds(String setting, int seconds, int maxResponse) {
    WebhookSettings wrong =
        TestSettings.webhook(
            UrlTemplate.parse("http://h/s3cret"),
            List.of(),
            Duration.ofSeconds(seconds),
            maxResponse,
            1,
            1,
            "x");
    assertThatThrownBy(() -> Settings.check(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("‹" + setting + "› must be from 1 to ")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, 4", "8, 10", "256, 320"})
  void aQuarterMoreConnectionsThanCalls(int concurrency, int connections) {
    assertThat(WebhookSettings.connectionsFor(concurrency)).isEqualTo(connections);
  }

  @Test
  void keysStayWithAnotherUrlAndAreNotShown() {
    NewSigningKey key = NewSigningKey.shared();
    WebhookSettings signed =
        Settings.with(
                settings("http://h", List.of()),
                "signing-secret-file",
                SigningKeys.parse(key.secret()))
            .withPostUrl(UrlTemplate.parse("http://other"));

    assertThat(signed.signingKeys()).isNotNull();
    assertThat(signed.toString())
        .contains("signed v1 (HMAC-SHA256)")
        .doesNotContain(key.secret().substring(6));
    assertThat(Settings.with(signed, "signing-secret-file", null).toString()).contains("signed no");
  }

  @Test
  void aKindsUrlGoesWithTheOneForAll() {
    WebhookSettings settings =
        Settings.with(
            settings("http://h", List.of()),
            "kindUrls",
            new KindUrls(List.of(), List.of(), List.of(UrlTemplate.parse("http://iqs"))));
    assertThat(settings.urls(StanzaKind.IQ)).hasToString("[http://iqs]");
    assertThat(settings.urls(StanzaKind.MESSAGE)).hasToString("[http://h]");
    assertThat(settings.withPostUrl(UrlTemplate.parse("http://one")).urls(StanzaKind.IQ))
        .hasToString("[http://one]");
  }

  private static WebhookSettings settings(String url, List<Map.Entry<String, String>> headers) {
    return TestSettings.webhook(
        UrlTemplate.parse(url), headers, Duration.ofSeconds(1), 1_000, 10, 5, "stanzahook/test");
  }
}
