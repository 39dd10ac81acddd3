package io.stanzahook.app.config;

import io.stanzahook.local.LocalSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Values;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.webhook.RequestHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of types that {@link io.stanzahook.settings.Values} does not know from their texts.
 * What is wrong with a text is the message of an {@link IllegalArgumentException}: it completes
 * "{@code --flag: …}" and says what would be right.
 */
final class ValueParsers {
  private static final Pattern STATUSES = Pattern.compile("(\\d{3})(?: ?- ?(\\d{3}))?");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d{1,32}(\\.\\d{0,32})?|\\.\\d{1,32})([eE][+-]?\\d{1,3})?");
  private static final int MAX_PORT = 65_535;

  /** Lower ones are not failures. */
  private static final int MIN_STATUS = 300;

  private static final int MAX_STATUS = 599;

  private ValueParsers() {}

  static Path file(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("is empty; give the name of a file");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + text + "' cannot be the name of a file", e);
    }
  }

  /** A DNS name or IP address that a certificate can carry. */
  static String certificateName(String text) {
    try {
      TlsSettings.checkName(text.trim());
      return text.trim();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s' %s".formatted(text, e.getMessage()), e);
    }
  }

  /** A list of kinds of stanza, with commas. */
  static Set<StanzaKind> stanzaKinds(String text) {
    Set<StanzaKind> kinds = EnumSet.noneOf(StanzaKind.class);
    for (String name : text.split(",", -1)) {
      kinds.add(Values.choice(name.trim(), StanzaKind.values()));
    }
    return kinds;
  }

  /**
   * {@code HOST:PORT}.
   *
   * @param minPort 0 if a free port may be asked for
   */
  static HostPort hostPort(String text, int minPort, String example) {
    String trimmed = text.trim();
    int colon = trimmed.lastIndexOf(':');
    String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (colon < 1 || host.isEmpty() || (host.indexOf(':') >= 0 && !bracketed)) {
      throw new IllegalArgumentException(
          "'%s' is not HOST:PORT, such as %s".formatted(text, example));
    }
    host = bracketed ? host.substring(1, host.length() - 1) : host;
    if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
      throw new IllegalArgumentException(
          "'%s' has no usable host; write HOST:PORT, such as %s".formatted(text, example));
    }
    String port = trimmed.substring(colon + 1);
    int number = port.matches("\\d{1,5}") ? Integer.parseInt(port) : -1;
    if (number < minPort || number > MAX_PORT) {
      throw new IllegalArgumentException(
          "'%s' is not a port from %d to %d".formatted(port, minPort, MAX_PORT));
    }
    return new HostPort(host, number);
  }

  /** A number from 0 to 1. */
  static double share(String text) {
    String digits = text.trim();
    double share = DECIMAL.matcher(digits).matches() ? Double.parseDouble(digits) : -1;
    if (share < 0 || share > 1) {
      throw new IllegalArgumentException(
          "'%s' is not a number from 0 to 1, such as 0.01".formatted(text));
    }
    return share;
  }

  /** Where an OTLP receiver listens. No message shows it, because it may contain a token. */
  static URI endpoint(String text) {
    URI url = httpUrl(text.trim());
    if (url == null) {
      throw new IllegalArgumentException(
          "is not an http or https URL, such as http://localhost:4318/v1/traces");
    }
    return url;
  }

  /** Where a gateway serves its API, without a slash at the end. */
  static String gatewayUrl(String text) {
    String trimmed = text.trim().replaceFirst("/+$", "");
    URI url = httpUrl(trimmed);
    if (url == null || url.getQuery() != null || url.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "'%s' is not the URL of a gateway, such as http://127.0.0.1:9797".formatted(text));
    }
    return trimmed;
  }

  private static @Nullable URI httpUrl(String text) {
    try {
      URI url = new URI(text);
      boolean http =
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
      return url.getHost() != null && http ? url : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** A nick in a chat room. */
  static String nick(String text) {
    String nick = text.strip();
    LocalSettings.checkName(nick);
    return nick;
  }

  /**
   * Name and value of {@code Name: value}. No message shows the value, because it is often a token.
   */
  static Map.Entry<String, String> header(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("is not 'Name: value', such as 'Authorization: Bearer …'");
    }
    Map.Entry<String, String> header =
        Map.entry(text.substring(0, colon).trim(), text.substring(colon + 1).trim());
    RequestHeaders.check(header);
    return header;
  }

  /** A list of statuses and ranges of them, or {@code none}. */
  static Set<Integer> statuses(String text) {
    if (text.trim().equalsIgnoreCase("none")) {
      return Set.of();
    }
    Set<Integer> statuses = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = STATUSES.matcher(part.trim());
      int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      int last = first > 0 && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (first < MIN_STATUS || last > MAX_STATUS || last < first) {
        throw new IllegalArgumentException(
            "'%s' is not a status from %d to %d, nor a range like 500-599, nor none"
                .formatted(part.trim(), MIN_STATUS, MAX_STATUS));
      }
      for (int status = first; status <= last; status++) {
        statuses.add(status);
      }
    }
    return statuses;
  }
}
