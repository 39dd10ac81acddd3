package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
  private static final Message MESSAGE =
      TestStanzas.message(
          Jid.of("al&ice@example.org/My Phone/1"),
          Jid.of("b\u00f6t@gw.example"),
          "i/d?",
          "chat",
          "x");

  @ParameterizedTest
  @CsvSource({
    "http://localhost, false, localhost, 80, localhost, /",
    "http://localhost/, false, localhost, 80, localhost, /",
    "HTTPS://Example.org:8443/a/b?c=d&e, true, Example.org, 8443, Example.org:8443, /a/b?c=d&e",
    "https://example.org?x=1, true, example.org, 443, example.org, /?x=1",
    "http://example.org:443/, false, example.org, 443, example.org:443, /",
    "http://[::1]:8080/x, false, ::1, 8080, [::1]:8080, /x",
    "http://[fe80::1]/x, false, fe80::1, 80, [fe80::1], /x",
    "http://my_service/x, false, my_service, 80, my_service, /x",
    "http://b\u00fccher.example/\u00e9%20, false, xn--bcher-kva.example, 80, xn--bcher-kva.example, /%C3%A9%20",
  })
  void withoutPlaceholders(
      String url, boolean secure, String host, int port, String hostHeader, String path) {
    UrlTemplate template = UrlTemplate.parse(url);

    assertThat(template.isSecure()).isEqualTo(secure);
    assertThat(template.host()).isEqualTo(host);
    assertThat(template.port()).isEqualTo(port);
    assertThat(template.hostHeader()).isEqualTo(hostHeader);
    assertThat(template.constantPath()).isEqualTo(path);
    assertThat(template.path(MESSAGE)).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "/{kind}, /message",
    "/{type}, /chat",
    "/{id}, /i%2Fd%3F",
    "/{to}, /b%C3%B6t%40gw.example",
    "/{to.bare}, /b%C3%B6t%40gw.example",
    "/{to.local}/{to.domain}, /b%C3%B6t/gw.example",
    "/x{to.resource}y, /xy",
    "/{from}, /al%26ice%40example.org%2FMy%20Phone%2F1",
    "/{from.bare}, /al%26ice%40example.org",
    "/{from.local}/{from.domain}/{from.resource}, /al%26ice/example.org/My%20Phone%2F1",
    "/a?to={to.local}&from={from.local}, /a?to=b%C3%B6t&from=al%26ice",
    "?k={kind}, /?k=message"
  })
  void fillsPlaceholders(String path, String filled) {
    UrlTemplate template = UrlTemplate.parse("http://h" + path);
    assertThat(template.constantPath()).isNull();
    assertThat(template.path(MESSAGE)).isEqualTo(filled);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8080, http://",
    "ftp://host/, http://",
    "'', http://",
    "http://, host",
    "http:///path, host",
    "http://{to.domain}/, before its path",
    "http://host:{type}/, before its path",
    "http://h.{from.domain}.example/, before its path",
    "{kind}://host/, http://",
    "http://user:secret@host/, credentials as a header",
    "http://host:0/, port",
    "http://host:65536/, port",
    "http://host:port/, HOST:PORT",
    "http://ho st/, host",
    "http://host\\evil/, host",
    "http://host/{form}, {form} is not known: use kind",
    "http://host/{form}, from.bare",
    "http://host/{}, {} is not known",
    "http://host/{to, without its '}'",
    "http://host/to}, without its '{'",
    "http://host/a b, U+0020",
    "http://host/a#b, fragment",
  })
  void saysWhatIsWrong(String url, String part) {
    assertThatThrownBy(() -> UrlTemplate.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/h/{from.resource}/x", "/h/{from.resource}", "/h/{from.resource}?q"})
  void noValueClimbsThePath(String path) {
    UrlTemplate template = UrlTemplate.parse("http://h" + path);
    for (String dots : new String[] {".", ".."}) {
      Message message =
          TestStanzas.message(Jid.of("a@b/" + dots), TestStanzas.BOT, null, null, null);
      assertThat(template.path(message))
          .isEqualTo(path.replace("{from.resource}", "%252E".repeat(dots.length())));
    }
  }

  @Test
  void dotsThatNoStanzaChoseStay() {
    assertThat(UrlTemplate.parse("http://h/a/../{kind}").path(MESSAGE)).isEqualTo("/a/../message");
    Message dot = TestStanzas.message(Jid.of("a@b/."), TestStanzas.BOT, null, null, null);
    assertThat(UrlTemplate.parse("http://h/.{from.resource}/{from.resource}{kind}").path(dot))
        .isEqualTo("/%252E%252E/.message");
    assertThat(UrlTemplate.parse("http://h/?a=/{from.resource}/").path(dot)).isEqualTo("/?a=/./");
  }

  @Property(tries = 1_000)
  void noValueLeavesItsSegment(@ForAll @StringLength(min = 1, max = 100) String value) {
    Jid from = Jid.parse("a@b/" + value);
    if (from == null) {
      return;
    }
    Message message = TestStanzas.message(from, TestStanzas.BOT, value, null, null);

    String path = UrlTemplate.parse("http://h/x/{from.resource}/y?q={id}&z").path(message);

    String encoded = path.substring("/x/".length(), path.indexOf("/y?q="));
    assertThat(path).isEqualTo("/x/" + encoded + "/y?q=" + query(path) + "&z");
    assertThat(encoded).matches("[A-Za-z0-9._~%-]+").isNotIn(".", "..");
    assertThat(URI.create("http://h" + path).normalize().getRawPath()).startsWith("/x/");
    if (!encoded.contains("%252E")) {
      assertThat(URLDecoder.decode(encoded, StandardCharsets.UTF_8))
          .isEqualTo(new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
  }

  private static String query(String path) {
    return path.substring(path.indexOf("?q=") + 3, path.length() - "&z".length());
  }

  @Test
  void textDoesNotShowPathAndQuery() {
    assertThat(UrlTemplate.parse("https://h/hook/token?key=secret")).hasToString("https://h");
  }
}
