package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.WebhookSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --post-url-message}, {@code --post-url-presence}, {@code --post-url-iq}. */
class KindUrlsTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "STANZAHOOK_COMPONENT", "gw.localhost",
          "STANZAHOOK_SECRET", "s3cr3t",
          "STANZAHOOK_POST_URL", "http://bot/",
          "STANZAHOOK_POST_STANZAS", "message,presence,iq",
          "STANZAHOOK_POST_URL_PRESENCE", "http://presence/");

  @Test
  void comeFromFlagsEnvironmentAndFile(@TempDir Path directory) throws Exception {
    Path config = Files.writeString(directory.resolve("c.yaml"), "post_url_iq: http://iq/{type}\n");
    WebhookSettings webhook = read("--config=" + config).gateway().webhook();

    assertThat(webhook.urls(StanzaKind.MESSAGE).get(0).text()).isEqualTo("http://bot/");
    assertThat(webhook.urls(StanzaKind.PRESENCE).get(0).text()).isEqualTo("http://presence/");
    assertThat(webhook.urls(StanzaKind.IQ).get(0).text()).isEqualTo("http://iq/{type}");
    assertThat(
            read("--post-url-message=http://m/")
                .gateway()
                .webhook()
                .urls(StanzaKind.MESSAGE)
                .get(0)
                .text())
        .isEqualTo("http://m/");
  }

  @Test
  void whatIsGivenInVainOrWrongIsAProblem() {
    ConfigurationException problems =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                read("--post-stanzas=message", "--post-url-iq=http://iq/", "--post-url-message=x"));

    assertThat(problems.problems())
        .containsExactly(
            "--post-url-message: the URL does not begin with http:// or https://",
            "STANZAHOOK_POST_URL_PRESENCE: does nothing unless --post-stanzas has presence",
            "--post-url-iq: does nothing unless --post-stanzas has iq");
  }

  private static AppSettings read(String... flags) throws ConfigurationException {
    return RunFlags.read(REQUIRED, flags);
  }
}
