package io.stanzahook.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy a call goes through. */
class ProxyChoiceTest {
  private static String shown(ProxyChoice choice, boolean secure, String host, String... pairs) {
    return String.valueOf(choice.of(secure, host, environment(pairs)));
  }

  private static ProxyEnvironment environment(String... pairs) {
    Map<String, String> variables = new HashMap<>(Map.of("PATH", "/bin"));
    for (int i = 0; i < pairs.length; i += 2) {
      variables.put(pairs[i], pairs[i + 1]);
    }
    return ProxyEnvironment.of(variables);
  }

  @ParameterizedTest
  @CsvSource({
    "http://proxy:3128, http://proxy:3128",
    "http://proxy:3128/, http://proxy:3128",
    "HTTP://proxy, http://proxy:1080",
    "proxy.example:8080, http://proxy.example:8080",
    "http://ann:s3cret@[fd00::1]:3128, http://[fd00::1]:3128",
    "socks5://proxy, socks5://proxy:1080",
    "socks5h://ann:s3cret@proxy:9, socks5://proxy:9",
  })
  void urlsOfProxies(String url, String shown) {
    assertThat(Proxy.parse(url)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://proxy:3128",
        "socks4://proxy",
        "http://s3cret@",
        "http://s3cret@proxy:0",
        "http://ann:s3cret@proxy:70000",
        "http://ann:s3cret%zz@proxy",
        "http://proxy/s3cret"
      })
  void whatIsNoProxyIsRefused_withoutShowingIt(String url) {
    assertThatThrownBy(() -> Proxy.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void credentialsArePercentDecoded_andNotShown() {
    Proxy proxy = Proxy.parse("http://a%40b:p%3A+s%2F@proxy:1");
    assertThat(proxy.user()).isEqualTo("a@b");
    assertThat(proxy.password()).isEqualTo("p:+s/");
    assertThat(proxy.toString()).doesNotContain("a@b").doesNotContain("p:+");
    assertThat(Proxy.parse("http://ann@proxy:1").password()).isEmpty();
  }

  @Test
  void theEnvironmentIsReadAsCurlReadsIt() {
    ProxyChoice env = ProxyChoice.parse("env");
    assertThat(shown(env, true, "h")).isEqualTo("null");
    assertThat(shown(env, true, "h", "HTTPS_PROXY", "http://s:1")).isEqualTo("http://s:1");
    assertThat(shown(env, false, "h", "HTTPS_PROXY", "http://s:1")).isEqualTo("null");
    assertThat(shown(env, false, "h", "http_proxy", "p:2", "HTTP_PROXY", "q:2"))
        .isEqualTo("http://p:2");
    assertThat(shown(env, true, "h", "all_proxy", "socks5://a")).isEqualTo("socks5://a:1080");
    assertThat(shown(env, true, "h", "ALL_PROXY", "a:1", "https_proxy", "s:1"))
        .isEqualTo("http://s:1");
    assertThat(shown(env, true, "h", "ALL_PROXY", "a:1", "https_proxy", "")).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bot.example | bot.example | true",
        "bot.example | example | true",
        "bot.example | .example | true",
        "bot.example. | other,Example. | true",
        "bot.example | other example | true",
        "badexample | example | false",
        "example.org | example | false",
        "bot.example | * | true",
        "bot.example | *.example | false",
        "10.1.2.3 | 10.1.2.3 | true",
        "10.1.2.3 | 10.1.0.0/16 | true",
        "10.2.2.3 | 10.1.0.0/16 | false",
        "10.1.2.3 | 10.1.0.0/99 | false",
        "10.1.2.3 | 2.3 | false",
        "fd00::1 | [fd00::1] | true",
        "fd00::1 | fd00::/8 | true",
        "fe80::1 | fd00::/8 | false",
      })
  void exceptions(String host, String exceptions, boolean excepted) {
    String proxy =
        shown(ProxyChoice.ENVIRONMENT, true, host, "all_proxy", "a:1", "NO_PROXY", exceptions);
    assertThat(proxy).isEqualTo(excepted ? "null" : "http://a:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"})
  void thisMachineIsNeverCalledThroughAProxy(String host) {
    assertThat(shown(ProxyChoice.ENVIRONMENT, true, host, "all_proxy", "a:1")).isEqualTo("null");
    assertThat(shown(ProxyChoice.parse("http://a:1"), true, host)).isEqualTo("null");
  }

  @Test
  void oneThatIsGivenIsForAllOthers_andNoneIsNone() {
    assertThat(shown(ProxyChoice.parse("http://a:1"), true, "h", "no_proxy", "*"))
        .isEqualTo("http://a:1");
    assertThat(shown(ProxyChoice.parse("none"), true, "h", "all_proxy", "a:1")).isEqualTo("null");
  }

  @Test
  void aVariableThatCannotBeReadIsNamed() {
    assertThatThrownBy(() -> environment("HTTPS_PROXY", "https://ann:s3cret@proxy").check())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https_proxy")
        .hasMessageContaining("‹post-proxy›")
        .hasMessageNotContaining("s3cret");
    assertThat(environment("all_proxy", "http://ann:s3cret@p:1").toString())
        .doesNotContain("s3cret");
  }
}
