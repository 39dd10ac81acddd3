package io.stanzahook.webhook;

import io.stanzahook.exchange.Quoted;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import java.net.IDN;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The webhook's URL, with placeholders in braces that take values from the stanza. Scheme, host and
 * port are fixed, so that no stanza can choose who is called.
 *
 * <p>Values are percent-encoded except for the unreserved characters (RFC 3986, 2.3), so that none
 * can end its path segment or query parameter. A value that the stanza does not have is empty.
 *
 * <p>Proxies undo this encoding, once or several times. Then they resolve {@code .} and {@code ..},
 * and drop empty segments. So a value in the path is written in a way that stays the same however
 * often it is decoded: see {@link PathSegment}.
 *
 * <p>Immutable; any thread may use it.
 */
public final class UrlTemplate {
  private static final Map<String, Function<Stanza, @Nullable String>> PLACEHOLDERS =
      placeholders();
  private static final Pattern URL =
      Pattern.compile("(https?)://([^/?#]*)([^#]*)(#.*)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:@\\\\]+)(?::([0-9]{1,5}))?");

  private final String text;
  private final boolean secure;
  private final String host;
  private final int port;
  private final String hostHeader;
  private final List<PathSegment> path;
  private final List<Part> query;
  private final @Nullable String constant;

  /** A piece of path and query: either text to copy or a value to look up. */
  record Part(String text, @Nullable Function<Stanza, @Nullable String> value) {}

  private UrlTemplate(String text, boolean secure, String host, int port, List<Part> parts) {
    this.text = text;
    this.secure = secure;
    this.host = host;
    this.port = port;
    boolean usual = port == (secure ? 443 : 80);
    String named = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    this.hostHeader = usual ? named : named + ':' + port;
    this.path = new ArrayList<>();
    this.query = new ArrayList<>();
    split(parts);
    this.constant =
        parts.stream().allMatch(part -> part.value() == null)
            ? String.join("", parts.stream().map(Part::text).toList())
            : null;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with it
   */
  public static UrlTemplate parse(String template) {
    Matcher url = URL.matcher(template);
    if (!url.matches()) {
      throw new IllegalArgumentException("the URL does not begin with http:// or https://");
    }
    if (url.group(4) != null) {
      throw new IllegalArgumentException("the URL has a fragment (#...), which is never sent");
    }
    String authority = url.group(2);
    if (authority.indexOf('{') >= 0) {
      throw new IllegalArgumentException(
          "the URL has a placeholder before its path: a stanza must not choose the host");
    }
    if (authority.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "the URL has a user or password: send credentials as a header instead");
    }
    Matcher hostAndPort = AUTHORITY.matcher(authority);
    if (!hostAndPort.matches()) {
      throw new IllegalArgumentException("the URL's host and port are not HOST or HOST:PORT");
    }
    boolean secure = url.group(1).toLowerCase(Locale.ROOT).equals("https");
    int port = secure ? 443 : 80;
    if (hostAndPort.group(2) != null) {
      port = Integer.parseInt(hostAndPort.group(2));
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("the URL's port is not between 1 and 65535");
      }
    }
    String pathAndQuery = url.group(3);
    return new UrlTemplate(
        template,
        secure,
        host(hostAndPort.group(1)),
        port,
        parts(pathAndQuery.startsWith("/") ? pathAndQuery : '/' + pathAndQuery));
  }

  private static String host(String host) {
    if (host.startsWith("[")) {
      return host.substring(1, host.length() - 1);
    }
    try {
      String ascii = IDN.toASCII(host);
      if (ascii
          .chars()
          .allMatch(c -> c > ' ' && c < 0x7F && "\"%&'()*+,;<=>^`{|}".indexOf(c) < 0)) {
        return ascii;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException("the URL's host is not a host name or address");
  }

  private static List<Part> parts(String template) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < template.length()) {
      int open = template.indexOf('{', at);
      String text = template.substring(at, open < 0 ? template.length() : open);
      if (text.indexOf('}') >= 0) {
        throw new IllegalArgumentException("the URL has a '}' without its '{'");
      }
      if (!text.isEmpty()) {
        parts.add(new Part(literal(text), null));
      }
      if (open < 0) {
        break;
      }
      int close = template.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("the URL has a '{' without its '}'");
      }
      String name = template.substring(open + 1, close);
      Function<Stanza, @Nullable String> value = PLACEHOLDERS.get(name);
      if (value == null) {
        throw new IllegalArgumentException(
            "the URL's placeholder {%s} is not known: use %s"
                .formatted(Quoted.of(name), String.join(", ", PLACEHOLDERS.keySet())));
      }
      parts.add(new Part("{" + name + "}", value));
      at = close + 1;
    }
    return parts;
  }

  /** The text as written, but for what may not stand in a request line. */
  private static String literal(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c <= ' ' || c == 0x7F || c == '\\' || c == '"' || c == '<' || c == '>') {
        throw new IllegalArgumentException(
            "the URL has the character U+%04X, which must be percent-encoded".formatted(c));
      }
      if (c < 0x80) {
        out.append((char) c);
      } else {
        PercentEncoding.write(Character.toString(c), out);
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  /** Whether it is {@code https}. */
  public boolean isSecure() {
    return secure;
  }

  /** The host's name or address, an IPv6 address without brackets. */
  public String host() {
    return host;
  }

  /** The port, the scheme's own where the URL has none. */
  public int port() {
    return port;
  }

  /** What the {@code Host} header says. */
  String hostHeader() {
    return hostHeader;
  }

  /** Path and query where they are the same for every stanza, or null. */
  public @Nullable String constantPath() {
    return constant;
  }

  /** Path and query for a stanza. */
  public String path(Stanza stanza) {
    if (constant != null) {
      return constant;
    }
    StringBuilder out = new StringBuilder(128);
    for (PathSegment segment : path) {
      segment.write(stanza, out.append('/'));
    }
    for (Part part : query) {
      if (part.value() == null) {
        out.append(part.text());
      } else {
        String value = part.value().apply(stanza);
        PercentEncoding.write(value == null ? "" : value, out);
      }
    }
    return out.toString();
  }

  /** Parts the template at the slashes of its path, and at the question mark behind it. */
  private void split(List<Part> parts) {
    List<Part> segment = new ArrayList<>();
    boolean begun = false;
    boolean behind = false;
    for (Part part : parts) {
      if (behind) {
        query.add(part);
        continue;
      }
      if (part.value() != null) {
        segment.add(part);
        continue;
      }
      String text = part.text();
      int question = text.indexOf('?');
      String[] names = (question < 0 ? text : text.substring(0, question)).split("/", -1);
      for (int i = 0; i < names.length; i++) {
        if (i > 0) {
          // The path begins with a slash: nothing stands before the first.
          if (begun) {
            path.add(new PathSegment(segment));
          }
          begun = true;
          segment = new ArrayList<>();
        }
        if (!names[i].isEmpty()) {
          segment.add(new Part(names[i], null));
        }
      }
      if (question >= 0) {
        query.add(new Part(text.substring(question), null));
        behind = true;
      }
    }
    path.add(new PathSegment(segment));
  }

  private static Map<String, Function<Stanza, @Nullable String>> placeholders() {
    Map<String, Function<Stanza, @Nullable String>> known = new LinkedHashMap<>();
    known.put("kind", stanza -> stanza.kind().elementName());
    known.put("type", Stanza::type);
    known.put("id", Stanza::id);
    address("to", Stanza::to, known);
    address("from", Stanza::from, known);
    return Collections.unmodifiableMap(known);
  }

  private static void address(
      String name,
      Function<Stanza, Jid> address,
      Map<String, Function<Stanza, @Nullable String>> known) {
    known.put(name, stanza -> address.apply(stanza).toString());
    known.put(name + ".bare", stanza -> address.apply(stanza).bare().toString());
    known.put(name + ".local", stanza -> address.apply(stanza).local());
    known.put(name + ".domain", stanza -> address.apply(stanza).domain());
    known.put(name + ".resource", stanza -> address.apply(stanza).resource());
  }

  /** As it was given. It may hold a token: not for logs. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UrlTemplate that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Scheme, host and port: path and query may hold a token. */
  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + hostHeader;
  }
}
