package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.AnyConversation;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.webhook.UrlTemplate;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Text as an address: it is split as RFC 7622 (3.1) says, its ordering key is the same for all ways
 * of writing it, and in a webhook's URL it stays where it was put.
 *
 * <p>First line: w for data of UTF-16.
 */
public final class JidTarget {
  private static final List<UrlTemplate> TEMPLATES =
      Stream.of(
              "https://hook.example/{from}/{to}?id={id}",
              "http://hook.example:8080/a/{from.local}/{from.domain}/{to.resource}/b",
              "http://[::1]/{type}{id}/.{id}/{id}.?x={from.bare}&y={to.resource}",
              "http://hook.example/{kind}.{id}/../{type}")
          .map(UrlTemplate::parse)
          .toList();

  private JidTarget() {}

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new FuzzInput(input).text(0);
    Jid jid = Jid.parse(text);
    assertThat(jid != null).as("is an address").isEqualTo(isAddress(text));
    if (jid != null) {
      parts(jid, text);
      key(jid);
    }
    urls(jid == null ? Jid.of("a@b/c") : jid, text);
    template(text);
  }

  /** RFC 7622, 3.1, step by step. */
  private static boolean isAddress(String text) {
    String[] bareAndResource = text.split("/", 2);
    String[] localAndDomain = bareAndResource[0].split("@", 2);
    String domain = localAndDomain[localAndDomain.length - 1];
    return Stream.concat(Stream.of(localAndDomain), Stream.of(bareAndResource).skip(1))
            .allMatch(JidTarget::isPart)
        && domain.indexOf('@') < 0;
  }

  private static boolean isPart(String part) {
    int bytes = part.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= 1 && bytes <= Jid.MAX_PART_BYTES;
  }

  private static void parts(Jid jid, String text) {
    assertThat(jid).hasToString(text);
    String local = jid.local() == null ? "" : jid.local() + "@";
    String resource = jid.resource() == null ? "" : "/" + jid.resource();
    assertThat(local + jid.domain() + resource).isEqualTo(text);
    assertThat(Jid.parse(text)).isEqualTo(jid).hasSameHashCodeAs(jid);
    assertThat(jid.bare()).hasToString(local + jid.domain());
    assertThat(jid.bare()).isEqualTo(Jid.of(jid.bare().toString()));
    assertThat(jid.isBare()).isEqualTo(jid.resource() == null);
    assertThat(jid.isDomain()).isEqualTo(jid.domain().equals(text));
    assertThat(jid.hasDomain(jid.domain())).isTrue();
    assertThat(jid.withResource("x").resource()).isEqualTo("x");
  }

  private static void key(Jid jid) {
    String key = AnyConversation.key(jid);
    assertThat(AnyConversation.key(jid.bare())).isEqualTo(key);
    String bare = jid.bare().toString();
    for (String other :
        List.of(
            bare.toUpperCase(Locale.ROOT),
            bare.toLowerCase(Locale.ROOT),
            Normalizer.normalize(bare, Normalizer.Form.NFC),
            Normalizer.normalize(bare, Normalizer.Form.NFD),
            // One dot at the end is that of the root; what is left after a second is no domain.
            key.endsWith(".") ? bare : key)) {
      Jid same = Jid.parse(other);
      // Normalisation can make an at sign or a slash of what was none, or a part too long.
      if (same != null && hasShapeOf(same, jid)) {
        assertThat(AnyConversation.key(same)).as("key of %s", other).isEqualTo(key);
      }
    }
  }

  private static boolean hasShapeOf(Jid one, Jid other) {
    return one.isBare() && (one.local() == null) == (other.local() == null);
  }

  private static void urls(Jid jid, String text) {
    Message message =
        new Message(
            new StanzaHeader(jid, jid, text, text, null),
            null,
            null,
            null,
            List.of(),
            StanzaXml.of("<message/>"));
    Message plain =
        new Message(
            new StanzaHeader(Jid.of("a@b/c"), Jid.of("a@b/c"), "i", "t", null),
            null,
            null,
            null,
            List.of(),
            StanzaXml.of("<message/>"));
    for (UrlTemplate template : TEMPLATES) {
      URI uri = URI.create(template + template.path(message));
      URI expected = URI.create(template + template.path(plain));
      assertThat(uri.getScheme()).isEqualTo(expected.getScheme());
      assertThat(uri.getRawAuthority()).isEqualTo(expected.getRawAuthority());
      assertThat(uri.getRawFragment()).isNull();
      assertThat(separators(uri.getRawPath(), '/'))
          .as(uri.toString())
          .isEqualTo(separators(expected.getRawPath(), '/'));
      assertThat(separators(uri.getRawQuery(), '&'))
          .isEqualTo(separators(expected.getRawQuery(), '&'));
      assertThat(dots(uri)).as(uri.toString()).isEqualTo(dots(expected));
    }
  }

  /** Segments that lead elsewhere, for those who resolve them before or after decoding. */
  private static long dots(URI uri) {
    return Stream.of(uri.getRawPath().split("/", -1))
        .map(segment -> segment.replaceAll("(?i)%2e", "."))
        .filter(segment -> segment.equals(".") || segment.equals(".."))
        .count();
  }

  private static long separators(@Nullable String part, char separator) {
    return part == null ? -1 : part.chars().filter(c -> c == separator).count();
  }

  /** A template is the operator's; it is taken or refused in one line, and gives a request line. */
  private static void template(String text) {
    Message message =
        new Message(
            new StanzaHeader(Jid.of("a@b/c"), Jid.of("d@e"), null, null, null),
            null,
            null,
            null,
            List.of(),
            StanzaXml.of("<message/>"));
    try {
      UrlTemplate template = UrlTemplate.parse(text);
      assertThat(template.path(message)).startsWith("/").matches("[!-~]*");
      assertThat(template.toString()).matches("https?://[!-~]+");
      assertThat(template.host()).isNotEmpty();
      assertThat(template.port()).isBetween(1, 65_535);
    } catch (IllegalArgumentException e) {
      assertThat(e).message().isNotBlank().doesNotContain("\n");
    }
  }
}
