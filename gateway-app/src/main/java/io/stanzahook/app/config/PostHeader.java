package io.stanzahook.app.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The form of {@code --post-header}. Messages never show the value: it is often a token. */
final class PostHeader {
  // RFC 9110, 5.6.2: a token.
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** What the gateway or HTTP itself sets; a second one would contradict it. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "webhook-attempt",
          "webhook-id",
          "webhook-signature",
          "webhook-timestamp");

  private PostHeader() {}

  /** Name and value of {@code Name: value}. */
  static Map.Entry<String, String> parse(String text) throws InvalidValueException {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new InvalidValueException("is not 'Name: value', such as 'Authorization: Bearer …'");
    }
    String name = text.substring(0, colon).trim();
    String value = text.substring(colon + 1).trim();
    if (!NAME.matcher(name).matches()) {
      throw new InvalidValueException("'%s' is not the name of a header".formatted(name));
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new InvalidValueException(
          "'%s' is set by the gateway itself and cannot be given".formatted(name));
    }
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c >= 0x7f)) {
      throw new InvalidValueException(
          "the value of '%s' has letters that a header may not have: printable ASCII only"
              .formatted(name));
    }
    return Map.entry(name, value);
  }
}
