package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stanzahook.delivery.DispatchSettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.HostPort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxConfigurationTest {
  private static SandboxSettings read(Map<String, String> environment, String... flags)
      throws ConfigurationException {
    CommandLineFlags line =
        CommandLineFlags.parse(
            CommandLineFlags.spec("sandbox", "", SandboxOptions.ALL),
            SandboxOptions.ALL,
            List.of(flags));
    return SandboxOptions.read(line, environment, "s3cret", "1");
  }

  @Test
  void hasItsOwnServerAndWebhookUnlessToldOtherwise() throws Exception {
    SandboxSettings settings = read(Map.of());
    assertThat(settings.ownWebhook()).isTrue();
    assertThat(settings.messages()).isEmpty();
    assertThat(settings.load()).isNull();
    assertThat(settings.httpListen()).isEqualTo(new HostPort("127.0.0.1", 0));
    assertThat(settings.app().deliveryLog()).isEqualTo(200);
    assertThat(settings.app().gateway().component().domain()).isEqualTo("component.localhost");
    assertThat(settings.app().gateway().component().secret()).isEqualTo("s3cret");
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void takesFlagsOfRun() throws Exception {
    SandboxSettings settings =
        read(
            Map.of("STANZAHOOK_CONCURRENCY", "7"),
            "--post-url=http://h/{kind}",
            "--order=none",
            "--http-listen=127.0.0.1:0",
            "--message=a",
            "--message=b");
    assertThat(settings.ownWebhook()).isFalse();
    assertThat(settings.messages()).containsExactly("a", "b");
    assertThat(settings.httpListen()).isEqualTo(new HostPort("127.0.0.1", 0));
    assertThat(settings.app().gateway().webhook().postUrl().text()).isEqualTo("http://h/{kind}");
    assertThat(settings.app().gateway().dispatch().flow().concurrency())
        .isEqualTo(Concurrency.of(7));
    assertThat(settings.app().gateway().dispatch().order()).isEqualTo(DispatchSettings.Order.NONE);
  }

  @Test
  void isNotTouchedByWhatOnlyRunHas() throws Exception {
    SandboxSettings settings =
        read(
            Map.of(
                "STANZAHOOK_SERVER", "xmpp.example.org:1",
                "STANZAHOOK_COMPONENT", "bot.example.org",
                "STANZAHOOK_SECRET_FILE", "/nowhere",
                "STANZAHOOK_CONFIG", "/nowhere"));
    assertThat(settings.app().gateway().component().host()).isEqualTo("127.0.0.1");
    assertThat(settings.app().gateway().component().domain()).isEqualTo("component.localhost");
  }

  @Test
  void loadHasARate() throws Exception {
    assertThat(read(Map.of(), "--load=5").load()).isEqualTo(new SandboxSettings.Load(5, 1000));
    assertThat(read(Map.of(), "--load=5", "--rate=2").load())
        .isEqualTo(new SandboxSettings.Load(5, 2));
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(Map.of(), "--load=5", "--message=a", "--queue=no", "--server=h:1"))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "unknown flag --server",
                        "--queue: 'no' is not a whole number from 1 to 10000000",
                        "--load and --message exclude each other"));
  }

  @Test
  void everyDefaultIsOfItsOwnForm() throws Exception {
    for (Option option : SandboxOptions.ALL) {
      String fallback = option.fallback();
      if (fallback != null) {
        assertThat(option.form().each().apply(fallback)).as(option.flag()).isNotNull();
      } else {
        assertThat(option.absent()).as(option.flag()).isNotEmpty();
      }
    }
  }
}
