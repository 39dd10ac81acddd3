package io.stanzahook.app.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of {@code --post-url}: an http or https URL whose path and query may have placeholders.
 * Messages never show the query: some webhooks carry their token there.
 */
final class PostUrl {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern PLACEHOLDER_NAME =
      Pattern.compile("kind|type|id|((to|from)(\\.(local|domain|resource|bare))?)");

  private PostUrl() {}

  /** The URL as given, once it was found usable. */
  static String parse(String text) throws InvalidValueException {
    String url = text.trim();
    for (var matcher = PLACEHOLDER.matcher(url); matcher.find(); ) {
      if (!PLACEHOLDER_NAME.matcher(matcher.group(1)).matches()) {
        throw new InvalidValueException(
            ("{%s} is not a placeholder; there are {kind}, {type}, {id}, {to}, {from}, and of the"
                    + " last two {to.local}, {to.domain}, {to.resource}, {to.bare}")
                .formatted(matcher.group(1)));
      }
    }
    // The placeholder's own letters stand for any value: letters that are right in every part.
    URI uri = uri(PLACEHOLDER.matcher(url).replaceAll("x"));
    if (uri == null || uri.getScheme() == null || uri.getRawAuthority() == null) {
      throw new InvalidValueException("is not a URL; write one such as http://localhost:8080/xmpp");
    }
    if (!uri.getScheme().equalsIgnoreCase("http") && !uri.getScheme().equalsIgnoreCase("https")) {
      throw new InvalidValueException(
          "is not an http or https URL, but '%s'".formatted(uri.getScheme()));
    }
    if (uri.getRawUserInfo() != null) {
      throw new InvalidValueException(
          "has a user name or password in it; give them with"
              + " --post-header 'Authorization: Basic …'");
    }
    if (uri.getHost() == null) {
      throw new InvalidValueException("has no usable host");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new InvalidValueException("has no usable port: '%d'".formatted(uri.getPort()));
    }
    if (uri.getRawFragment() != null) {
      throw new InvalidValueException("has a fragment (#), which no server ever sees");
    }
    // The host is never taken from a stanza: any user could then aim the gateway at any server.
    int authority = url.indexOf("//") + 2;
    int placeholder = url.indexOf('{');
    int authorityEnd = endOfAuthority(url, authority);
    if (placeholder >= 0 && placeholder < authorityEnd) {
      throw new InvalidValueException("has a placeholder before its path: the host must be fixed");
    }
    return url;
  }

  private static int endOfAuthority(String url, int from) {
    for (int i = from; i < url.length(); i++) {
      char c = url.charAt(i);
      if (c == '/' || c == '?') {
        return i;
      }
    }
    return url.length();
  }

  private static @Nullable URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
