package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    "http://b\u00fccher.example/\u00e9%20, false, xn--bcher-kva.example, 80, xn--bcher-kva.example,"
        + " /%C3%A9%20",
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

  /** Values of {@code {id}}, and what stands for them in a path. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "., ~2E",
        ".., ~2E~2E",
        "..., ~2E~2E~2E",
        "../../internal/delete-user, ~2E~2E~2F~2E~2E~2Finternal~2Fdelete-user",
        "a/./b, a~2F~2E~2Fb",
        "a//b, a~2F~2Fb",
        "/a, ~2Fa",
        "a/, a~2F",
        "/, ~2F",
        "..\\..\\x, ~2E~2E~5C~2E~2E~5Cx",
        "a\\\\b, a~5C~5Cb",
        "..;x, ~2E~2E~3Bx",
        "..;/a, ~2E~2E~3B~2Fa",
        ";x, ~3Bx",
        "a/..;b=c/d, a~2F~2E~2E~3Bb=c~2Fd",
        "%2e%2e%2fa, ~252e~252e~252fa",
        "%252e%252e%252fa, ~25252e~25252e~25252fa",
        "\"\", ~",
        "~, ~7E",
        "~2E, ~7E2E",
        "\".. /a\", ~2E~2E~20~2Fa",
      })
  void whatCouldClimbThePathOrVanishFromItIsWrittenWithTildes(String id, String segment) {
    Message message = TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, id, null, null);

    for (String path : new String[] {"/h/{id}/x", "/h/{id}", "/h/{id}?q={kind}"}) {
      assertThat(UrlTemplate.parse("http://h" + path).path(message))
          .isEqualTo(
              path.replace("{id}", segment.replace("=", "%3D")).replace("{kind}", "message"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "a.b/.c/..d/e.., a.b%2F.c%2F..d%2Fe..",
    "bob\\40example.org, bob%5C40example.org",
    "a;b, a%3Bb",
    "50%, 50~25"
  })
  void whatCannotIsPercentEncoded(String id, String segment) {
    Message message = TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, id, null, null);
    assertThat(UrlTemplate.parse("http://h/{id}/x").path(message)).isEqualTo('/' + segment + "/x");
  }

  @Test
  void whatStandsBesideAValueCountsWithIt() {
    Message none = TestStanzas.message(Jid.of("a@b"), TestStanzas.BOT, "..", null, null);
    Message slash = TestStanzas.message(Jid.of("a@b"), TestStanzas.BOT, "/b", null, null);

    assertThat(UrlTemplate.parse("http://h/.{from.resource}/x").path(none)).isEqualTo("/.~/x");
    assertThat(UrlTemplate.parse("http://h/a%2F{id}").path(none)).isEqualTo("/a%2F~2E~2E");
    assertThat(UrlTemplate.parse("http://h/a%252f{id}").path(none)).isEqualTo("/a%252f~2E~2E");
    assertThat(UrlTemplate.parse("http://h/{id};v=1/x").path(none)).isEqualTo("/~2E~2E;v=1/x");
    assertThat(UrlTemplate.parse("http://h/.{id}").path(slash)).isEqualTo("/.~2Fb");
    assertThat(UrlTemplate.parse("http://h/%2e{id}").path(slash)).isEqualTo("/%2e~2Fb");
    assertThat(UrlTemplate.parse("http://h/{from.resource}{from.resource}/x").path(none))
        .isEqualTo("/~~/x");
    assertThat(UrlTemplate.parse("http://h/x{from.resource}y").path(none)).isEqualTo("/xy");
  }

  @Test
  void dotsThatNoStanzaChoseStay() {
    assertThat(UrlTemplate.parse("http://h/a/../{kind}").path(MESSAGE)).isEqualTo("/a/../message");
    assertThat(UrlTemplate.parse("http://h//{kind}/").path(MESSAGE)).isEqualTo("//message/");
    Message dot = TestStanzas.message(Jid.of("a@b/."), TestStanzas.BOT, null, null, null);
    assertThat(UrlTemplate.parse("http://h/.{from.resource}/{from.resource}{kind}").path(dot))
        .isEqualTo("/.~2E/.message");
    assertThat(UrlTemplate.parse("http://h/?a=/{from.resource}/").path(dot)).isEqualTo("/?a=/./");
  }

  /** What proxies and frameworks mean by a path, at their most careless. */
  private static List<String> pieces(String path) {
    String decoded = path;
    for (int i = 0; i < 5; i++) {
      decoded = lenient(decoded);
    }
    return List.of(decoded.replaceAll(";[^/\\\\]*", "").split("[/\\\\]", -1));
  }

  private static String lenient(String text) {
    return Pattern.compile("%([0-9A-Fa-f]{2})")
        .matcher(text)
        .replaceAll(
            hex ->
                Matcher.quoteReplacement(Character.toString(Integer.parseInt(hex.group(1), 16))));
  }

  private static String undone(String segment) {
    return segment.equals("~")
        ? ""
        : URLDecoder.decode(segment.replace('~', '%'), StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<String> climbing() {
    return Arbitraries.of(
            ".", "..", "/", "\\", "%", "%2e", "%2F", "%252e", "%5c", "25", "2f", ";", "~", "~2E",
            " ", "\t", "a", "\u00f6", "+", "?", "#", "%u002f")
        .list()
        .ofMaxSize(8)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 5_000)
  void noProxyReadsAWayUpOutOfAValue(@ForAll("climbing") String id) {
    Message message = TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, id, null, null);

    String path = UrlTemplate.parse("http://h/x/{id}/y?q={id}&z").path(message);

    String segment = path.substring("/x/".length(), path.indexOf("/y?q="));
    assertThat(path).isEqualTo("/x/" + segment + "/y?q=" + query(path) + "&z");
    assertThat(segment).matches("[A-Za-z0-9._~%-]+");
    assertThat(pieces(segment)).noneMatch(piece -> piece.matches("[.\\s]*"));
    assertThat(undone(segment)).as("stays what it was").isEqualTo(id);
    assertThat(URLDecoder.decode(query(path), StandardCharsets.UTF_8)).isEqualTo(id);
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
    assertThat(undone(encoded))
        .isEqualTo(new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  private static String query(String path) {
    return path.substring(path.indexOf("?q=") + 3, path.length() - "&z".length());
  }

  @Test
  void textDoesNotShowPathAndQuery() {
    assertThat(UrlTemplate.parse("https://h/hook/token?key=secret")).hasToString("https://h");
  }
}
