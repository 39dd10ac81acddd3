package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Values;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentDomain;
import io.stanzahook.webhook.UrlTemplate;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueParsersTest {
  private static Object url(String text) {
    return Option.named("post-url", RunOptions.ALL).form().each().apply(text);
  }

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "72h,PT72H", "0s,PT0S", "' 7s ',PT7S"})
  void durations(String text, Duration expected) throws Exception {
    assertThat(Values.duration(text, Duration.ZERO, Duration.ofDays(3))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "s", "-1s", "1.5s", "1d", "1 s", "30S", "99999999999999s", "73h"})
  void notDurations(String text) {
    assertThatThrownBy(() -> Values.duration(text, Duration.ZERO, Duration.ofDays(3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"65536,65536", "64KiB,65536", "2MiB,2097152", "7B,7", "1 KiB,1024"})
  void sizes(String text, int expected) throws Exception {
    assertThat(Values.size(text, 1, Integer.MAX_VALUE)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "1KB", "1k", "KiB", "1.5MiB", "2048MiB", "999999999999MiB"})
  void notSizes(String text) {
    assertThatThrownBy(() -> Values.size(text, 1, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0", "11", "1.0", "0x1", "99999999999999999999"})
  void notNumbersWithinBounds(String text) {
    assertThatThrownBy(() -> Values.number(text, 1, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'%s' is not a whole number from 1 to 10", text);
  }

  @Test
  void hostAndPort() throws Exception {
    Function<String, HostPort> parser = text -> ValueParsers.hostPort(text, 1, "localhost:5347");

    assertThat(parser.apply("xmpp.example:1")).isEqualTo(new HostPort("xmpp.example", 1));
    assertThat(parser.apply("[::1]:65535")).isEqualTo(new HostPort("::1", 65_535));
    assertThat(parser.apply("[::1]:65535")).hasToString("[::1]:65535");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        ":5347",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:x",
        "::1:5347",
        "[]:5347",
        "a b:1",
        "http://a:1",
        "localhost:-1",
        "u@h:1"
      })
  void notHostAndPort(String text) {
    assertThatThrownBy(() -> ValueParsers.hostPort(text, 1, "localhost:5347"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void kindsOfStanza() throws Exception {
    assertThat(ValueParsers.stanzaKinds("iq, Message,iq"))
        .containsExactlyInAnyOrder(StanzaKind.MESSAGE, StanzaKind.IQ);
    assertThatThrownBy(() -> ValueParsers.stanzaKinds("message,mesage"))
        .hasMessage("'mesage' is none of message, presence, iq; did you mean message?");
    assertThatThrownBy(() -> ValueParsers.stanzaKinds(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void choices() throws Exception {
    assertThat(Values.choice("IO_uring", Transport.values())).isEqualTo(Transport.IO_URING);
    assertThatThrownBy(() -> Values.choice("epol", Transport.values()))
        .hasMessage("'epol' is none of auto, io_uring, epoll, nio; did you mean epoll?");
  }

  @ParameterizedTest
  @CsvSource({
    "Echo.Example.ORG,echo.example.org",
    "gw,gw",
    "gw.localhost.,gw.localhost",
    "Bücher.example,bücher.example",
    "my_gateway.local,my_gateway.local",
    "xn--bcher-kva.example,xn--bcher-kva.example"
  })
  void domains(String text, String expected) throws Exception {
    assertThat(ComponentDomain.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "a b",
        "u@gw.localhost",
        "gw/x",
        "gw:5347",
        "-a.b",
        "a-.b",
        "<gw>",
        "a\u0000b",
        "gw.localhost..",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b"
      })
  void notDomains(String text) {
    assertThatThrownBy(() -> ComponentDomain.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080/xmpp",
        "https://bot.example.org",
        "http://[::1]:8080/",
        "http://bot/{kind}/{to.local}?from={from.bare}&t={type}&i={id}",
        "HTTP://bot/"
      })
  void urls(String text) throws Exception {
    assertThat(url(text)).isEqualTo(UrlTemplate.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bot.example.org/x",
        "/x",
        "ftp://bot/",
        "http://",
        "http:///x",
        "http://u:p@bot/",
        "http://{to}/",
        "http://bot.{to.domain}/x",
        "http://bot:{id}/",
        "http://bot/{nope}",
        "http://bot/{to.bare",
        "http://bot/a b",
        "http://bot:99999/",
        "http://bot/#x",
        "http://bo_t:x/"
      })
  void notUrls(String text) {
    assertThatThrownBy(() -> url(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void headers() throws Exception {
    assertThat(ValueParsers.header("Authorization:  Bearer a:b "))
        .isEqualTo(Map.entry("Authorization", "Bearer a:b"));
    assertThat(ValueParsers.header("X-Empty:")).isEqualTo(Map.entry("X-Empty", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Name",
        ": v",
        "a b: v",
        "X: a\r\nY: b",
        "X: ü",
        "Content-Length: 1",
        "te: x",
        "webhook-id: 1"
      })
  void notHeaders(String text) {
    assertThatThrownBy(() -> ValueParsers.header(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void statuses() throws Exception {
    assertThat(ValueParsers.statuses("429")).containsExactly(429);
    assertThat(ValueParsers.statuses(" 503,429, 500-502 "))
        .containsExactly(429, 500, 501, 502, 503);
    assertThat(ValueParsers.statuses("300-599")).hasSize(300);
    assertThat(ValueParsers.statuses("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "200", "299-500", "600", "503-", "503-502", "500-600", "5xx", "429,"})
  void notStatuses(String text) {
    assertThatThrownBy(() -> ValueParsers.statuses(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a status from 300 to 599");
  }
}
